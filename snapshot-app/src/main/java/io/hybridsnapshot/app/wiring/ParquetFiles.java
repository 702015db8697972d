package io.hybridsnapshot.app.wiring;

import io.hybridsnapshot.app.config.ParquetSection;
import io.hybridsnapshot.parquet.Compatibility;
import io.hybridsnapshot.parquet.Compression;
import io.hybridsnapshot.parquet.ParquetSettings;
import java.util.Locale;

/** How Parquet files are written, from the configuration. Stateless. */
public final class ParquetFiles {
    private ParquetFiles() {}

    /** The settings that a section means. */
    public static ParquetSettings settings(ParquetSection section) {
        ParquetSettings defaults =
                ParquetSettings.of(Compression.valueOf(section.compression().toUpperCase(Locale.ROOT)));
        ParquetSettings settings = section.level().isEmpty()
                ? defaults
                : new ParquetSettings(defaults.compression(), section.level().getAsInt(), defaults.rowGroupBytes());
        return settings.withCompatibility(
                Compatibility.valueOf(section.compatibility().toUpperCase(Locale.ROOT)));
    }
}
