package io.hybridsnapshot.postgres.window;

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

class WindowScriptTest {
    private static final String SCRIPT = "ddl/tables/window/snapshot_window_postgresql.sql";

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
        DATABASE.execute("INSERT INTO snapshot_writer VALUES ('D', 'ALL', 5, 'me', now())");
        List<String> before = objects();
        DATABASE.executeScript(SCRIPT);
        assertEquals(before, objects());
        assertEquals(List.of("5"), DATABASE.rows("SELECT fence FROM snapshot_writer"));
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
                        "sql/liquibase/window.changelog.xml", new ClassLoaderResourceAccessor(), database)) {
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
        return DATABASE.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1");
    }
}
