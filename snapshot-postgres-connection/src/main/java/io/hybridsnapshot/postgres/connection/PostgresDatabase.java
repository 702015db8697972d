package io.hybridsnapshot.postgres.connection;

import java.util.Objects;
import javax.sql.DataSource;

/**
 * A database of PostgreSQL from which the adapters take their connections: one that they open themselves
 * ({@link PostgresSettings}), or a program's own {@link DataSource}. Immutable and safe to share.
 */
public sealed interface PostgresDatabase permits PostgresSettings, PostgresDataSource {
    /**
     * A database behind a program's own data source, usually a pool. Its connections MUST be those of PostgreSQL's
     * driver, or unwrap to them. A connection is borrowed for one operation, set up for it, and put back as it was. The
     * caller closes the data source.
     */
    static PostgresDatabase of(DataSource source) {
        return new PostgresDataSource(Objects.requireNonNull(source, "source"));
    }

    /** The database, for messages; without secrets. */
    String address();

    /** Reports on the server's disk, if this program can see it. */
    StorageCheck storage();

    /**
     * Checks that the server's disk has room for a snapshot, before rows or files are written to it. A server with a
     * full disk stops all its sessions.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException UNAVAILABLE if the disk has too little room
     */
    default void requireRoom() {
        storage().beforeWriting().ifPresent(shortage -> {
            throw PostgresFaults.diskFull(this, shortage, "nothing was written").build();
        });
    }
}
