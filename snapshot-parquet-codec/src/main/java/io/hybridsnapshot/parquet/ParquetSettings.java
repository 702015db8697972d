package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Objects;

/**
 * The settings for writing Parquet files; reading uses none of them.
 *
 * @param compression the compression of pages
 * @param level the compression's level, within its bounds; 0 for one without levels
 * @param rowGroupBytes a row group ends when its encoded pages reach this many bytes before compression. A writer needs
 *     about this much memory, a reader less. 1 KiB to 1 GiB
 * @param compatibility the readers that the types are chosen for
 */
public record ParquetSettings(Compression compression, int level, long rowGroupBytes, Compatibility compatibility) {
    private static final long DEFAULT_ROW_GROUP_BYTES = 64L << 20;
    private static final long SMALLEST_ROW_GROUP_BYTES = 1L << 10;
    private static final long LARGEST_ROW_GROUP_BYTES = 1L << 30;

    public ParquetSettings {
        Objects.requireNonNull(compression, "compression");
        Objects.requireNonNull(compatibility, "compatibility");
        if (level < compression.lowestLevel() || level > compression.highestLevel()) {
            throw SnapshotException.invalidRequest("no such compression level")
                    .where(compression.name())
                    .actual(Integer.toString(level))
                    .expected(compression.lowestLevel() + " to " + compression.highestLevel())
                    .build();
        }
        if (rowGroupBytes < SMALLEST_ROW_GROUP_BYTES || rowGroupBytes > LARGEST_ROW_GROUP_BYTES) {
            throw SnapshotException.invalidRequest("a row group of this size is not supported")
                    .actual(rowGroupBytes + " bytes")
                    .expected(SMALLEST_ROW_GROUP_BYTES + " to " + LARGEST_ROW_GROUP_BYTES)
                    .build();
        }
    }

    /** Settings with the types of {@link Compatibility#STANDARD}. */
    public ParquetSettings(Compression compression, int level, long rowGroupBytes) {
        this(compression, level, rowGroupBytes, Compatibility.STANDARD);
    }

    /** The same settings with types for other readers. */
    public ParquetSettings withCompatibility(Compatibility readers) {
        return new ParquetSettings(compression, level, rowGroupBytes, readers);
    }

    /** ZSTD at level 3 in row groups of 64 MiB. */
    public static ParquetSettings defaults() {
        return of(Compression.ZSTD);
    }

    /** A compression at its default level in row groups of 64 MiB. */
    public static ParquetSettings of(Compression compression) {
        return new ParquetSettings(compression, compression.defaultLevel(), DEFAULT_ROW_GROUP_BYTES);
    }
}
