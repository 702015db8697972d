package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Liquibase;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ArchiveScriptTest {
    private static final String SCRIPT = "ddl/tables/kestra/snapshot_archive_postgresql.sql";

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @BeforeAll
    static void quieten() {
        Logger.getLogger("liquibase").setLevel(Level.WARNING);
    }

    @BeforeEach
    void empty() {
        DATABASE.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    @Test
    void theScriptRunsTwiceAndKeepsRows() {
        DATABASE.executeScript(SCRIPT);
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, parquet_data) VALUES ('2026-01-01', '\\x01')");
        List<String> before = objects();
        DATABASE.executeScript(SCRIPT);
        assertEquals(before, objects());
        assertEquals(List.of("1"), DATABASE.rows("SELECT count(*) FROM snapshot_archive"));
    }

    @Test
    void everyTableColumnAndFunctionIsCommented() {
        DATABASE.executeScript(SCRIPT);
        assertEquals(
                List.of(),
                DATABASE.rows(
                        "SELECT c.relname, a.attname FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid"
                                + " AND a.attnum > 0 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
                                + " AND (col_description(a.attrelid, a.attnum) IS NULL OR"
                                + " obj_description(c.oid, 'pg_class') IS NULL)"));
        assertEquals(
                List.of(),
                DATABASE.rows("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
                        + " AND obj_description(oid, 'pg_proc') IS NULL"));
        assertEquals(
                List.of("7|true"),
                DATABASE.rows("SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                        + " AND relkind = 'r'), (SELECT count(*) > 20 FROM pg_proc WHERE pronamespace ="
                        + " 'public'::regnamespace)::text"));
    }

    @Test
    void thePipelinesTableIsUpgradedWithItsRowsInPlace() {
        DATABASE.execute(
                "CREATE TABLE snapshot_archive (archive_id BIGSERIAL PRIMARY KEY, snapshot_date TIMESTAMP NOT NULL,"
                        + " customer_filter VARCHAR(255) NOT NULL DEFAULT 'ALL', batch_id UUID, records_count INTEGER,"
                        + " source_database VARCHAR(100) NOT NULL DEFAULT 'ORDERS', source_table VARCHAR(255)"
                        + " NOT NULL DEFAULT 'ORDERS_UNIFIED', parquet_data BYTEA NOT NULL, parquet_size"
                        + " BIGINT, compression_ratio DECIMAL(5,2), original_columns INTEGER, schema_hash"
                        + " VARCHAR(64), file_checksum VARCHAR(64), created_at TIMESTAMPTZ DEFAULT now(),"
                        + " created_by VARCHAR(100) DEFAULT CURRENT_USER, retention_until DATE, tags JSONB,"
                        + " UNIQUE (snapshot_date, customer_filter, source_table)); CREATE FUNCTION"
                        + " get_archive_statistics(p_customer_filter VARCHAR DEFAULT NULL, p_days_back INTEGER"
                        + " DEFAULT 30) RETURNS TABLE (customer_filter VARCHAR, snapshot_count INTEGER)"
                        + " LANGUAGE sql AS 'SELECT ''x''::varchar, 1'");
        DATABASE.execute("INSERT INTO snapshot_archive (snapshot_date, batch_id, parquet_data, records_count) SELECT"
                + " '2026-01-01'::timestamp + make_interval(days => n), '00000000-0000-0000-0000-000000000001',"
                + " '\\x0102', n FROM generate_series(1, 3) AS n");
        DATABASE.executeScript(SCRIPT);

        assertEquals(
                List.of("bigint"),
                DATABASE.rows("SELECT data_type FROM information_schema.columns WHERE table_name ="
                        + " 'snapshot_archive' AND column_name = 'records_count'"));
        assertEquals(
                List.of("1", "2", "3"),
                DATABASE.rows("SELECT records_count FROM snapshot_archive ORDER BY archive_id"));
        assertEquals(
                List.of("1"),
                DATABASE.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'u' AND conrelid ="
                        + " 'snapshot_archive'::regclass"));
        assertEquals(List.of("3"), DATABASE.rows("SELECT snapshot_count FROM get_archive_statistics(NULL, NULL)"));
        assertEquals(
                3,
                new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()))
                        .list(io.hybridsnapshot.domain.archive.ArchiveQuery.of("ORDERS_UNIFIED"))
                        .size());
    }

    @Test
    void liquibaseMakesWhatTheScriptMakesAndRunsAgain() throws Exception {
        DATABASE.executeScript(SCRIPT);
        List<String> expected = objects();
        empty();
        for (int run = 0; run < 2; run++) {
            try (PostgresSession session = PostgresSession.open(DATABASE.settings(), "liquibase")) {
                Database database = DatabaseFactory.getInstance()
                        .findCorrectDatabaseImplementation(new JdbcConnection(session.connection()));
                try (Liquibase liquibase = new Liquibase(
                        "sql/liquibase/archive.changelog.xml", new ClassLoaderResourceAccessor(), database)) {
                    liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
                    liquibase.update("");
                }
            }
        }
        List<String> made = objects();
        made.removeIf(name -> name.startsWith("databasechangelog"));
        assertEquals(expected, made);
        assertFalse(made.isEmpty());
    }

    private static List<String> objects() {
        return DATABASE.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace UNION ALL"
                + " SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1");
    }
}
