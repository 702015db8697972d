package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.Main;
import io.hybridsnapshot.sqlserver.connection.TdsServer;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The content of stderr when a database reports an error. The program runs in a separate process, with the logging that
 * users have.
 */
class StderrTest {
    /** Invalid object name. */
    private static final int NO_SUCH_OBJECT = 208;

    /** JDK 23 was the first release with an option to suppress this warning. */
    private static final int FIRST_THAT_WARNS_OF_UNSAFE = 23;

    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    @Test
    void anErrorOfSqlServerStandsAloneOnStderr() throws Exception {
        try (TdsServer server = TdsServer.start(StderrTest::refused)) {
            environment.put("SNAPSHOT_SQLSERVER_HOST", "127.0.0.1");
            environment.put("SNAPSHOT_SQLSERVER_PORT", Integer.toString(server.port()));
            environment.put("SNAPSHOT_SQLSERVER_DATABASE", "ORDERS");
            environment.put("SNAPSHOT_SQLSERVER_USER", "etl");
            environment.put("SNAPSHOT_SQLSERVER_PASSWORD", "secret");
            environment.put("SNAPSHOT_SQLSERVER_PROPERTIES", "encrypt=false");
            useDatabase("stderr_archive");
            assertErrorAlone("ORDERS_UNIFIED", "Invalid object name 'dbo.SNAPSHOT_LEDGER'");
            assertTrue(server.heard().stream().anyMatch(text -> text.contains("object_id")), server.heard()::toString);
        }
    }

    /** The tables are as an administrator made them, and then the first statement of the window's fails. */
    private static TdsServer.Answer refused(String statement) {
        if (statement.contains("snapshot_isolation_state")) {
            return TdsServer.Answer.row(3, 1, "Microsoft SQL Server 2022", 51);
        }
        if (statement.contains("[SNAPSHOT_SCHEMA]")) {
            return TdsServer.Answer.row((Object) null);
        }
        if (statement.contains("HAS_PERMS_BY_NAME") || statement.contains("begun")) {
            return TdsServer.Answer.row(1);
        }
        return statement.contains("object_id")
                ? TdsServer.Answer.error(NO_SUCH_OBJECT, "Invalid object name 'dbo.SNAPSHOT_LEDGER'.")
                : TdsServer.Answer.done();
    }

    @Test
    void anErrorOfPostgreSqlStandsAloneOnStderr() throws Exception {
        useDatabase("stderr_window");
        Files.writeString(directory.resolve("rows.csv"), "ID,NAME\n1,a\n");
        assertEquals(
                0, run("save", "ours", "--source", "rows.csv", "--key", "ID").code());
        execute("stderr_window", "ALTER TABLE snapshot_ledger RENAME COLUMN state TO elsewhere");
        assertErrorAlone("ours", "state");
    }

    private void assertErrorAlone(String dataset, String expected) throws Exception {
        TestProgram.Ended json = run("list", dataset, "--json");
        assertEquals(5, json.code(), json.err());
        assertEquals("", json.out());
        assertEquals("UNAVAILABLE", at(json.error(), "error.kind"));
        assertTrue(at(json.error(), "error.actual").toString().contains(expected), json.err());
        for (String[] call : List.of(new String[] {"list", dataset}, new String[] {"list", dataset, "--quiet"})) {
            TestProgram.Ended text = run(call);
            assertEquals(5, text.code(), text.err());
            assertTrue(text.err().matches("error: [^\\n]+\\n"), text.err());
        }
    }

    private void useDatabase(String name) throws SQLException {
        execute("postgres", "DROP DATABASE IF EXISTS " + name);
        execute("postgres", "CREATE DATABASE " + name);
        URI server = URI.create(TestProgram.server().jdbcUrl(name).substring("jdbc:".length()));
        environment.put("KESTRA_POSTGRES_HOST", server.getHost());
        environment.put("KESTRA_POSTGRES_PORT", Integer.toString(server.getPort()));
        environment.put("KESTRA_POSTGRES_DB", name);
        environment.put("KESTRA_POSTGRES_USER", TestProgram.server().user());
        environment.put("KESTRA_POSTGRES_PASSWORD", TestProgram.server().password());
    }

    private static void execute(String database, String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        TestProgram.server().jdbcUrl(database),
                        TestProgram.server().user(),
                        TestProgram.server().password());
                Statement prepared = connection.createStatement()) {
            prepared.execute(statement);
        }
    }

    /** Without the tests' own classes, which bring a configuration of logback's. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.replace('\\', '/').endsWith("snapshot-app/target/test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /**
     * The launcher's options for the JVM. They keep newer releases from warning about libraries that use deprecated
     * features.
     */
    private static List<String> launcherOptions() {
        List<String> options = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= FIRST_THAT_WARNS_OF_UNSAFE) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    private TestProgram.Ended run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", classPath()));
        command.addAll(launcherOptions());
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SNAPSHOT_") || name.startsWith("KESTRA_"));
        builder.environment().putAll(environment);
        builder.environment().put("SNAPSHOT_HOME", directory.resolve("home").toString());
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = builder.redirectOutput(Redirect.to(out.toFile()))
                .redirectError(Redirect.to(err.toFile()))
                .start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), "still running");
        return new TestProgram.Ended(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
