package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is found before a command fails. */
class DoctorCommandTest {
    @TempDir
    Path directory;

    private TestProgram program;

    @BeforeEach
    void start() {
        program = new TestProgram(directory)
                .with("SNAPSHOT_HOME", directory.resolve("home").toString());
    }

    /** The level and the texts of the checks of a subject. */
    private static String found(TestProgram.Ended ended, String subject) {
        StringBuilder found = new StringBuilder();
        for (Object check : (List<?>) at(ended.json(), "checks")) {
            Map<?, ?> fields = (Map<?, ?>) check;
            if (fields.get("subject").equals(subject)) {
                found.append(fields.get("level"))
                        .append(' ')
                        .append(fields.get("finding"))
                        .append(" -> ")
                        .append(fields.get("nextStep"))
                        .append('\n');
            }
        }
        return found.toString();
    }

    private String server(String more) {
        EmbeddedPostgresServer server = TestProgram.server();
        server.ensureDatabase("doctor");
        return "{host: " + server.host() + ", port: " + server.port() + ", database: doctor, user: " + server.user()
                + ", password-env: SERVER_PASSWORD" + more + "}";
    }

    @Test
    void aMachineThatIsFineHasNoFindingAndNothingIsMade() {
        TestProgram.Ended text = program.done("doctor");
        assertTrue(text.out().contains("Nothing is wrong."), text.out());
        TestProgram.Ended json = program.done("doctor", "--json");
        assertEquals("OK", at(json.json(), "worst"));
        assertTrue(found(json, "archive, window").startsWith("OK embedded PostgreSQL; the first save"), json.out());
        assertFalse(Files.exists(directory.resolve("home")));
        assertFalse(Files.exists(directory.resolve("work")));
    }

    @Test
    void aServerIsAskedWithoutWritingToIt() {
        program.with("SERVER_PASSWORD", TestProgram.server().password());
        program.file("snapshot.yaml", "archive: {postgres: " + server("") + "}\n");
        TestProgram.Ended ended = program.done("doctor", "--json");
        assertTrue(found(ended, "archive").startsWith("OK PostgreSQL "), ended.out());
        assertTrue(found(ended, "archive").contains("/doctor, user "), ended.out());
        // The window is where the archive is.
        assertTrue(found(ended, "window").startsWith("OK PostgreSQL "), ended.out());
        assertFalse(ended.out().contains(TestProgram.server().password()), "the password is shown");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws IOException {
        program.with("SERVER_PASSWORD", "wrong");
        Files.writeString(directory.resolve("file"), "");
        program.with("SNAPSHOT_WORK_DIRECTORY", directory.resolve("file/work").toString());
        program.file(
                "snapshot.yaml",
                "archive: {postgres: " + server("") + "}\n"
                        + "encryption: {key-file: " + directory.resolve("no.key") + "}\n"
                        + "datasets: {orders: {source: {csv: gone.csv}, key: ID}}\n");
        TestProgram.Ended ended = program.run("doctor", "--json");
        assertEquals(5, ended.code());
        assertEquals("PROBLEM", at(ended.json(), "worst"));
        assertTrue(found(ended, "archive").startsWith("PROBLEM "), ended.out());
        assertTrue(found(ended, "work directory").startsWith("PROBLEM "), ended.out());
        assertTrue(found(ended, "encryption").contains("no.key does not exist"), ended.out());
        assertTrue(found(ended, "dataset orders").startsWith("WARNING "), ended.out());
        assertTrue(found(ended, "dataset orders").contains("gone.csv does not exist"), ended.out());
    }

    @Test
    void aWrongConfigurationIsAProblemBesideTheMachine() {
        program.file("snapshot.yaml", "retentoin: {keep-days: 1}\nhomes: x\n");
        TestProgram.Ended ended = program.run("doctor", "--json");
        assertEquals(5, ended.code());
        assertTrue(found(ended, "configuration").contains("did you mean 'retention'?"), ended.out());
        assertTrue(found(ended, "configuration").contains("homes"), ended.out());
        assertEquals(2, found(ended, "configuration").lines().count(), ended.out());
        assertTrue(found(ended, "program").startsWith("OK "), ended.out());
    }

    @Test
    void filesThatWaitForTheArchiveAreAWarning() throws IOException {
        Path outbox = Files.createDirectories(directory.resolve("work/outbox"));
        Files.writeString(outbox.resolve("waiting"), "x");
        TestProgram.Ended ended = program.done("doctor", "--json");
        assertTrue(found(ended, "outbox").startsWith("WARNING 1 file in "), ended.out());
        assertTrue(found(ended, "outbox").contains("snapshot recover"), ended.out());
    }

    @Test
    void missingTablesAreAProblemOnlyForAUserWhoMayNotMakeThem() throws SQLException {
        EmbeddedPostgresServer server = TestProgram.server();
        server.ensureDatabase("doctor2");
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("doctor2"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("DROP ROLE IF EXISTS doctor_reader");
            statement.execute("CREATE ROLE doctor_reader LOGIN PASSWORD 'secret'");
            statement.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
            program.with("SERVER_PASSWORD", "secret");
            program.file(
                    "snapshot.yaml",
                    "archive: {postgres: {host: " + server.host() + ", port: " + server.port()
                            + ", database: doctor2, user: doctor_reader, password-env: SERVER_PASSWORD}}\n");
            TestProgram.Ended ended = program.run("doctor", "--json");
            assertEquals(5, ended.code());
            assertTrue(found(ended, "archive").contains("PROBLEM the program's tables are missing"), ended.out());
            // An administrator has made the tables since.
            statement.execute("CREATE TABLE snapshot_archive ()");
            statement.execute("CREATE TABLE snapshot_ledger ()");
            ended = program.done("doctor", "--json");
            assertEquals("OK", at(ended.json(), "worst"));
        }
    }
}
