package io.hybridsnapshot.postgres.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.postgres.connection.PostgresDatabase;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * The place of the archive and the storage of large files. Immutable.
 *
 * @param connection the database, of settings or of a data source, with the tables of {@code sql/ddl/tables/kestra}, on
 *     the connection's search path
 * @param inlineLimit the largest size in bytes, inclusive, that is stored as one value ({@code parquet_data}), which
 *     existing readers read. Larger files are stored as chunks. 0 to 512 MiB, because the server needs four times a
 *     value's size in memory
 * @param chunkBytes bytes per chunk, 4 KiB to 64 MiB
 */
public record PostgresArchiveSettings(PostgresDatabase connection, long inlineLimit, int chunkBytes) {
    /** The default inline limit: 64 MiB. */
    public static final long DEFAULT_INLINE_LIMIT = 64L << 20;

    /** The default size of a chunk: 1 MiB. */
    public static final int DEFAULT_CHUNK_BYTES = 1 << 20;

    private static final long MAX_INLINE_LIMIT = 512L << 20;
    private static final int MIN_CHUNK_BYTES = 4 << 10;
    private static final int MAX_CHUNK_BYTES = 64 << 20;

    public PostgresArchiveSettings {
        Objects.requireNonNull(connection, "connection");
        requireRange("inline limit", inlineLimit, 0, MAX_INLINE_LIMIT);
        requireRange("chunk size", chunkBytes, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
    }

    /** Settings with the default sizes. */
    public static PostgresArchiveSettings of(PostgresDatabase connection) {
        return new PostgresArchiveSettings(connection, DEFAULT_INLINE_LIMIT, DEFAULT_CHUNK_BYTES);
    }

    /**
     * Settings with the default sizes, over a program's own data source. Each operation borrows a connection and puts
     * it back as it was; the caller closes the data source.
     */
    public static PostgresArchiveSettings of(DataSource source) {
        return of(PostgresDatabase.of(source));
    }

    private static void requireRange(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw SnapshotException.invalidRequest("the archive's " + name + " is out of range")
                    .actual(value + " bytes")
                    .expected(min + " to " + max)
                    .build();
        }
    }
}
