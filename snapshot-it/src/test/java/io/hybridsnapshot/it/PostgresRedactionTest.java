package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.redaction.RedactionContract;
import io.hybridsnapshot.parquet.Compression;
import io.hybridsnapshot.parquet.ParquetSettings;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Redactions over a real PostgreSQL, window and archive in one database. */
class PostgresRedactionTest extends RedactionContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @BeforeEach
    @Override
    public void openStores() {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        super.openStores();
    }

    @Override
    protected WindowStore window() {
        return new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @Override
    protected ArchiveStore archive() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec(ParquetSettings.of(Compression.UNCOMPRESSED));
    }
}
