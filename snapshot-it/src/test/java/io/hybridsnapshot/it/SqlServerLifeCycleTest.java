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
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowSettings;
import io.hybridsnapshot.sqlserver.window.SqlServerWindowStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life cycle with the window on a real SQL Server and the archive on a real PostgreSQL, with Parquet files. */
@Tag(TestSqlServer.TAG)
class SqlServerLifeCycleTest extends SnapshotLifeCycleContract {
    // Before the other one: where there is no SQL Server, no PostgreSQL is started either.
    @RegisterExtension
    @Order(1)
    static final TestSqlServer SQL_SERVER = new TestSqlServer();

    @RegisterExtension
    @Order(2)
    static final TestDatabase POSTGRES = new TestDatabase();

    @BeforeEach
    @Override
    public void openStores() {
        for (String table :
                SQL_SERVER.rows("SELECT QUOTENAME(name) FROM sys.tables WHERE schema_id = SCHEMA_ID(N'dbo')")) {
            SQL_SERVER.execute("DROP TABLE [dbo]." + table);
        }
        SQL_SERVER.executeScript("ddl/tables/orders/dbo_snapshot_ledger.sql");
        POSTGRES.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        POSTGRES.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        super.openStores();
    }

    @Override
    protected WindowStore window() {
        return new SqlServerWindowStore(SqlServerWindowSettings.of(SQL_SERVER.database()));
    }

    @Override
    protected Runnable sessionBreaker(Dataset dataset, Partition partition) {
        return () -> SQL_SERVER
                .rows("SELECT CONVERT(VARCHAR(10), session_id) FROM sys.dm_exec_sessions"
                        + " WHERE program_name = 'hybrid-snapshots window writer' AND database_id = DB_ID()")
                .forEach(session -> SQL_SERVER.execute("KILL " + session));
    }

    @Override
    protected boolean deleteCurrentRows(Dataset dataset, Partition partition, boolean all) {
        SQL_SERVER.execute("DELETE " + (all ? "" : "TOP (7) ") + "FROM [dbo].[" + dataset.name()
                + "_SNAPSHOT] WHERE customer_filter = N'" + partition.name() + "'");
        return true;
    }

    @Override
    protected ArchiveStore archive() {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(POSTGRES.settings()));
    }

    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec();
    }
}
