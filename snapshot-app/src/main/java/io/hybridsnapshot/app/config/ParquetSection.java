package io.hybridsnapshot.app.config;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How archived and exported Parquet files are written. Immutable.
 *
 * @param compression {@code zstd}, {@code snappy}, {@code gzip}, {@code lz4_raw} or {@code uncompressed}
 * @param level the compression's level; empty: its default
 * @param compatibility {@code standard}, or {@code spark} for types that Apache Spark has
 */
public record ParquetSection(String compression, OptionalInt level, String compatibility) {
    /** Zstandard at its default level, and the most specific types. */
    public static final ParquetSection DEFAULT = new ParquetSection("zstd", OptionalInt.empty(), "standard");

    public ParquetSection {
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(compatibility, "compatibility");
    }
}
