package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.save.ChangesLifeCycleContract;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveStore;
import io.hybridsnapshot.postgres.connection.PlainSql;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowStore;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Changes over a real PostgreSQL, window and archive in one database, with Parquet files. */
class PostgresChangesLifeCycleTest extends ChangesLifeCycleContract {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    /** Each round of a test starts with an empty database. */
    @Override
    protected WindowStore window() {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        DATABASE.executeScript("ddl/tables/window/snapshot_window_postgresql.sql");
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        return new PostgresWindowStore(PostgresWindowSettings.of(DATABASE.settings()));
    }

    @Override
    protected ArchiveStore archive() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()));
    }

    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec();
    }

    @Override
    protected ForeignStatements foreign() {
        return new PlainSql(DATABASE);
    }

    @Override
    protected boolean exchange(UUID identity, UUID other) {
        DATABASE.execute(("CREATE TABLE one AS SELECT * FROM %1$s WHERE record_uuid = '%2$s';"
                        + " UPDATE one SET record_uuid = '%3$s'; DELETE FROM %1$s WHERE record_uuid = '%2$s';"
                        + " INSERT INTO %1$s SELECT * FROM one; DROP TABLE one")
                .formatted(Orders.DATASET.name().toLowerCase(Locale.ROOT) + "_snapshot", identity, other));
        return true;
    }
}
