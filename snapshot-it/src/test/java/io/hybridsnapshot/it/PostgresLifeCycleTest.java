package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.save.SnapshotLifeCycleContract;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life cycle over a real PostgreSQL, window and archive in one database, with Parquet files. */
class PostgresLifeCycleTest extends SnapshotLifeCycleContract {
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
    protected Runnable sessionBreaker(Dataset dataset, Partition partition) {
        return () -> DATABASE.execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'hybrid-snapshots window writer'");
    }

    @Override
    protected boolean deleteCurrentRows(Dataset dataset, Partition partition, boolean all) {
        String table = dataset.name().toLowerCase(Locale.ROOT) + "_snapshot";
        DATABASE.execute("DELETE FROM " + table + " WHERE customer_filter = '" + partition.name() + "'"
                + (all ? "" : " AND record_uuid > '80000000-0000-0000-0000-000000000000'"));
        return true;
    }

    @Override
    protected ArchiveStore archive() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec();
    }
}
