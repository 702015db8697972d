package io.hybridsnapshot.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real servers, killed and shared by real processes. Most tests take turns on one directory: its set-up takes long. */
@Timeout(120)
final class EmbeddedPostgresServerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    private static Path shared;

    @TempDir
    private Path fresh;

    private final Path directory = shared.resolve("embedded postgresql");
    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void nothingIsLeftRunning() throws IOException {
        children.forEach(Process::destroyForcibly);
        if (Files.exists(directory)) {
            assertFalse(runs(directory), "a server goes on in " + directory);
        }
    }

    @Test
    void answersToTheUserOfThisRunRootIncluded() throws SQLException {
        try (EmbeddedPostgresServer server = open()) {
            assertEquals("127.0.0.1", server.host());
            assertEquals(List.of("18"), query(server, "select current_setting('server_version_num')::int / 10000"));
            assertEquals(List.of("UTF8"), query(server, "show server_encoding"));
            assertEquals(List.of("UTC"), query(server, "show log_timezone"));
        }
    }

    @Test
    void keepsWhatIsCommittedAndListensToTheLoopbackInterfaceAlone() throws SQLException {
        Map<String, String> expected = Map.of(
                "fsync", "on",
                "synchronous_commit", "on",
                "full_page_writes", "on",
                "data_checksums", "on",
                "shared_buffers", "128MB",
                "max_wal_size", "2GB",
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "password_encryption", "scram-sha-256");
        try (EmbeddedPostgresServer server = open()) {
            for (Map.Entry<String, String> setting : expected.entrySet()) {
                assertEquals(List.of(setting.getValue()), query(server, "show " + setting.getKey()), setting.getKey());
            }
        }
    }

    @Test
    void dataSurvivesCloseAndReopenAndNothingRunsBetween() throws Exception {
        try (EmbeddedPostgresServer server = open()) {
            UserProgram.write(server, "reopen", 3);
        }
        assertFalse(runs(directory));
        assertFalse(Files.exists(directory.resolve("data/postmaster.pid")));
        try (EmbeddedPostgresServer server = open()) {
            assertEquals(3, rowsOf(server, "reopen"));
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        assumePosix();
        try (EmbeddedPostgresServer server = open()) {
            SQLException refused = assertThrows(
                    SQLException.class,
                    () -> DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), "guess"));
            assertEquals("28P01", refused.getSQLState());
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))));
            assertFalse(new Endpoint(1, server.password()).toString().contains(server.password()));
            assertFalse(server.jdbcUrl("orders").contains(server.password()));
        }
    }

    @Test
    void setsANewPasswordWhereItsFileIsLost() throws Exception {
        String lost;
        try (EmbeddedPostgresServer server = open()) {
            UserProgram.write(server, "password", 1);
            lost = server.password();
        }
        Files.delete(directory.resolve("password"));
        try (EmbeddedPostgresServer server = open()) {
            assertNotEquals(lost, server.password());
            assertEquals(1, rowsOf(server, "password"));
        }
    }

    @Test
    void aLoginTakesOneIterationAlsoWhereAnEarlierReleaseStoredMore() throws Exception {
        String stored = "select split_part(rolpassword, ':', 1) from pg_authid where rolname = current_user";
        String password;
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(fresh))) {
            password = server.password();
            assertEquals(List.of("SCRAM-SHA-256$1"), query(server, stored));
            try (Connection connection = UserProgram.connect(server);
                    Statement statement = connection.createStatement()) {
                statement.execute("set scram_iterations = 4096");
                statement.execute("alter role " + server.user() + " password '" + password + "'");
            }
            assertEquals(List.of("SCRAM-SHA-256$4096"), query(server, stored));
        }
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(fresh))) {
            assertEquals(password, server.password());
            assertEquals(List.of("SCRAM-SHA-256$1"), query(server, stored));
        }
        Files.delete(fresh.resolve("password"));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(fresh))) {
            assertEquals(List.of("SCRAM-SHA-256$1"), query(server, stored), "a password that was lost");
        }
        assertFalse(Files.readString(fresh.resolve("server.log")).contains(password));
    }

    @Test
    void refusesAPasswordFileThatOthersCanRead() throws Exception {
        assumePosix();
        open().close();
        Path password = directory.resolve("password");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        try {
            SnapshotException error = refused(directory, SnapshotException.Kind.INVALID_REQUEST);
            assertTrue(error.getMessage().contains("OTHERS_READ"), error.getMessage());
            assertFalse(error.getMessage().contains(Files.readString(password).strip()), error.getMessage());
        } finally {
            Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void twoUsesInOneProcessShareTheServerUntilTheLastIsClosed() throws Exception {
        EmbeddedPostgresServer first = open();
        EmbeddedPostgresServer second = open();
        assertEquals(first.port(), second.port());
        first.close();
        first.close();
        assertEquals(List.of("1"), query(second, "select 1"));
        second.close();
        assertFalse(runs(directory));
    }

    @Test
    void manyThreadsMakeTheSameDatabaseOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (EmbeddedPostgresServer server = open()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(() -> {
                    try (EmbeddedPostgresServer other = open()) {
                        other.ensureDatabase("kestra");
                        return "made";
                    }
                });
            }
            for (Future<String> made : threads.invokeAll(tasks)) {
                assertEquals("made", made.get());
            }
            assertEquals(List.of("1"), query(server, "select count(*) from pg_database where datname = 'kestra'"));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesADatabaseNameThatIsNoPlainIdentifier() {
        try (EmbeddedPostgresServer server = open()) {
            for (String name : List.of("", "Orders", "a\"b", "a b", "1a", "x".repeat(64))) {
                assertEquals(
                        SnapshotException.Kind.INVALID_REQUEST,
                        assertThrows(SnapshotException.class, () -> server.ensureDatabase(name))
                                .kind());
            }
        }
    }

    @Test
    void adoptsTheServerThatAKilledProgramLeft() throws Exception {
        Process child = startChild(directory, "adopt", "hold");
        awaitLine(child, "written");
        Postmaster orphan = postmaster(directory);
        kill(child);
        try (EmbeddedPostgresServer server = open()) {
            assertEquals(orphan.pid(), postmaster(directory).pid());
            assertEquals(UserProgram.ROWS, rowsOf(server, "adopt"));
        }
        assertFalse(runs(directory));
    }

    @Test
    void recoversWhenProgramAndServerWereKilled() throws Exception {
        Process child = startChild(directory, "recover", "hold");
        awaitLine(child, "written");
        Postmaster orphan = postmaster(directory);
        kill(child);
        killServer(orphan);
        try (EmbeddedPostgresServer server = open()) {
            assertNotEquals(orphan.pid(), postmaster(directory).pid());
            assertEquals(UserProgram.ROWS, rowsOf(server, "recover"));
        }
    }

    @Test
    void replacesAnOrphanThatDoesNotAnswer() throws Exception {
        assumePosix();
        Process child = startChild(directory, "replace", "hold");
        awaitLine(child, "written");
        Postmaster orphan = postmaster(directory);
        kill(child);
        Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(orphan.pid())).start();
        assertEquals(0, stop.waitFor());
        EmbeddedPostgresSettings impatient = new EmbeddedPostgresSettings(
                directory, EmbeddedPostgresSettings.ANY_PORT, PATIENCE, Duration.ofSeconds(1));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(impatient)) {
            assertNotEquals(orphan.pid(), postmaster(directory).pid());
            assertEquals(UserProgram.ROWS, rowsOf(server, "replace"));
        }
    }

    @Test
    void startsAgainForANewUseWhenTheServerDiedUnderAnOldOne() throws Exception {
        try (EmbeddedPostgresServer old = open()) {
            UserProgram.write(old, "died", 2);
            killServer(postmaster(directory));
            try (EmbeddedPostgresServer server = open()) {
                assertEquals(2, rowsOf(server, "died"));
                assertEquals(old.port(), server.port());
            }
            assertEquals(2, rowsOf(old, "died"));
        }
    }

    @Test
    void leavesAForeignProcessAloneThatHasTheNumberOfADeadServer() throws Exception {
        open().close();
        Process foreign = startChild(directory, "foreign", "idle");
        Path pidFile = directory.resolve("data/postmaster.pid");
        Files.writeString(pidFile, foreign.pid() + "\n" + directory.resolve("data") + "\n1\n5432\n\n\n\nready\n");
        try (EmbeddedPostgresServer server = open()) {
            assertEquals(List.of("1"), query(server, "select 1"));
        }
        assertTrue(foreign.isAlive());
        finish(foreign);
    }

    @Test
    void sigtermStopsTheServer() throws Exception {
        assumePosix();
        Process child = startChild(directory, "sigterm", "hold");
        awaitLine(child, "written");
        child.destroy();
        assertTrue(child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertFalse(runs(directory));
        assertFalse(Files.exists(directory.resolve("data/postmaster.pid")));
    }

    @Test
    void twoProgramsAtTheSameTimeSetUpAndShareOneServer() throws Exception {
        Path cold = fresh.resolve("postgresql");
        Process one = startChild(cold, "one", "hold");
        Process two = startChild(cold, "two", "hold");
        awaitLine(one, "written");
        awaitLine(two, "written");
        finish(one);
        assertTrue(runs(cold), "the server is there for the second program");
        finish(two);
        assertFalse(runs(cold));
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(cold))) {
            assertEquals(UserProgram.ROWS, rowsOf(server, "one"));
            assertEquals(UserProgram.ROWS, rowsOf(server, "two"));
        }
    }

    @Test
    void startsOverWhereASetUpWasKilled() throws Exception {
        open().close();
        Path cold = Files.createDirectory(fresh.resolve("postgresql"));
        copy(directory.resolve("embedded-postgres.properties"), cold);
        copy(directory.resolve("binaries"), cold);
        Process child = startChild(cold, "set-up", "hold");
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Files.notExists(cold.resolve("data.new/base")) && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        // Its initdb lives on and keeps writing.
        kill(child);
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(cold))) {
            assertEquals(List.of("1"), query(server, "select 1"));
        }
        assertFalse(Files.exists(cold.resolve("data.new")));
        assertFalse(runs(cold));
    }

    @Test
    void newcomersAndTheLastToLeaveDoNotGetInEachOthersWay() throws Exception {
        List<Process> programs =
                List.of(startChild(directory, "cycle one", "cycle"), startChild(directory, "cycle two", "cycle"));
        for (Process program : programs) {
            finish(program);
        }
        assertFalse(runs(directory));
        try (EmbeddedPostgresServer server = open()) {
            assertEquals(UserProgram.CYCLES, rowsOf(server, "cycle one"));
            assertEquals(UserProgram.CYCLES, rowsOf(server, "cycle two"));
        }
    }

    @Test
    void refusesADirectoryWithOtherFilesAndLeavesItUntouched() throws Exception {
        Path foreign = Files.createDirectory(fresh.resolve("documents"));
        Files.writeString(foreign.resolve("letter.txt"), "dear reader");
        SnapshotException error = refused(foreign, SnapshotException.Kind.INVALID_REQUEST);
        assertTrue(error.getMessage().contains("letter.txt"), error.getMessage());
        try (Stream<Path> entries = Files.list(foreign)) {
            assertEquals(1, entries.count());
        }
    }

    @Test
    void refusesAPathThatAShellWouldRead() throws Exception {
        assumePosix();
        refused(fresh.resolve("a$(touch b)"), SnapshotException.Kind.INVALID_REQUEST);
        refused(fresh.resolve("a\"b"), SnapshotException.Kind.INVALID_REQUEST);
        refused(fresh.resolve("a\\b"), SnapshotException.Kind.INVALID_REQUEST);
    }

    @Test
    void refusesAFileInPlaceOfTheDirectory() throws Exception {
        Path file = Files.writeString(fresh.resolve("file"), "");
        refused(file, SnapshotException.Kind.INVALID_REQUEST);
        refused(file.resolve("below"), SnapshotException.Kind.UNAVAILABLE);
    }

    @Test
    void refusesTheDataOfAnotherMajorVersion() throws Exception {
        open().close();
        Path version = directory.resolve("data/PG_VERSION");
        String actual = Files.readString(version);
        Files.writeString(version, "16\n");
        try {
            SnapshotException error = refused(directory, SnapshotException.Kind.INVALID_REQUEST);
            assertTrue(error.getMessage().contains("PostgreSQL 16"), error.getMessage());
            assertTrue(error.getMessage().contains("PostgreSQL 18"), error.getMessage());
        } finally {
            Files.writeString(version, actual);
        }
    }

    @Test
    void refusesADirectoryThatOthersCanWrite() throws Exception {
        assumePosix();
        Path open = Files.createDirectory(fresh.resolve("open"));
        for (String permissions : List.of("rwxrwxrwx", "rwxr-xrwx", "rwxrwxr-x", "rwx-w----")) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString(permissions));
            SnapshotException error = refused(open, SnapshotException.Kind.INVALID_REQUEST);
            assertTrue(error.getMessage().contains(permissions), error.getMessage());
        }
    }

    @Test
    void refusesADirectoryOfAnotherUser() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give a directory away");
        Path other = Files.createDirectory(fresh.resolve("other"));
        Files.setOwner(
                other, FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        SnapshotException error = refused(other, SnapshotException.Kind.INVALID_REQUEST);
        assertTrue(error.getMessage().contains("nobody"), error.getMessage());
    }

    @Test
    void refusesADirectoryThatTheUserMayNotWrite() throws Exception {
        assumePosix();
        assumeTrue(!"root".equals(System.getProperty("user.name")), "root may write everywhere");
        Path closed = Files.createDirectory(fresh.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        refused(closed, SnapshotException.Kind.INVALID_REQUEST);
        refused(closed.resolve("below"), SnapshotException.Kind.INVALID_REQUEST);
    }

    @Test
    void refusesAPortThatIsTaken() throws Exception {
        open().close();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            EmbeddedPostgresSettings settings =
                    new EmbeddedPostgresSettings(directory, taken.getLocalPort(), PATIENCE, PATIENCE);
            SnapshotException error =
                    assertThrows(SnapshotException.class, () -> EmbeddedPostgresServer.open(settings));
            assertEquals(SnapshotException.Kind.CONFLICT, error.kind());
            assertTrue(error.getMessage().contains(":" + taken.getLocalPort()), error.getMessage());
        }
    }

    @Test
    void keepsThePortOfTheLastRunWhereItIsFree() throws Exception {
        int port;
        try (EmbeddedPostgresServer server = open()) {
            port = server.port();
        }
        try (EmbeddedPostgresServer server = open()) {
            assertEquals(port, server.port());
        }
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
                EmbeddedPostgresServer server = open()) {
            assertNotEquals(taken.getLocalPort(), server.port());
        }
    }

    @Test
    void refusesAnotherPortThanTheOneInUse() {
        try (EmbeddedPostgresServer server = open()) {
            EmbeddedPostgresSettings settings = new EmbeddedPostgresSettings(
                    directory, server.port() == 65535 ? 65534 : server.port() + 1, PATIENCE, PATIENCE);
            assertEquals(
                    SnapshotException.Kind.CONFLICT,
                    assertThrows(SnapshotException.class, () -> EmbeddedPostgresServer.open(settings))
                            .kind());
        }
    }

    @Test
    void refusesADirectoryInUseOnAnotherMachine() throws Exception {
        Process child = startChild(directory, "machine", "hold");
        awaitLine(child, "written");
        // A container's view of a server in another container: users, but neither its process nor its port.
        Path marker = directory.resolve("embedded-postgres.properties");
        Files.writeString(marker, "port=1\nmachine=elsewhere\n");
        Path pidFile = directory.resolve("data/postmaster.pid");
        String recorded = Files.readString(pidFile);
        Files.writeString(pidFile, "999999999\n");
        try {
            SnapshotException error = refused(directory, SnapshotException.Kind.CONFLICT);
            assertTrue(error.getMessage().contains("elsewhere"), error.getMessage());
        } finally {
            Files.writeString(pidFile, recorded);
            finish(child);
        }
    }

    @Test
    void saysSoWhenTheDiskHasNoRoom() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
        Path disk = Files.createDirectory(fresh.resolve("disk"));
        String mount = "mount -t tmpfs -o size=64m,mode=700 tmpfs \"$0\" && exec \"$@\"";
        List<String> command = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", mount, disk.toString()));
        command.addAll(childCommand(disk.resolve("postgresql"), "disk", "hold"));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        children.add(child);
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assumeTrue(!output.contains("mount:") && !output.contains("unshare:"), "no mounts here: " + output);
        assertTrue(output.contains("the disk is full"), output);
        assertTrue(output.contains("64 MiB free"), output);
    }

    private EmbeddedPostgresServer open() {
        return EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory));
    }

    private static SnapshotException refused(Path directory, SnapshotException.Kind kind) {
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory)));
        assertEquals(kind, error.kind(), error.getMessage());
        assertTrue(error.nextStep().isPresent(), error.getMessage());
        return error;
    }

    private static List<String> query(EmbeddedPostgresServer server, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = UserProgram.connect(server);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static int rowsOf(EmbeddedPostgresServer server, String name) throws SQLException {
        try (Connection connection = UserProgram.connect(server);
                PreparedStatement statement =
                        connection.prepareStatement("select count(*) from written where name = ?")) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private Process startChild(Path server, String name, String mode) throws IOException {
        Process child = new ProcessBuilder(childCommand(server, name, mode))
                .redirectErrorStream(true)
                .start();
        children.add(child);
        return child;
    }

    private static List<String> childCommand(Path server, String name, String mode) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                UserProgram.class.getName(),
                server.toString(),
                name,
                mode);
    }

    private static void copy(Path source, Path target) throws IOException {
        try (Stream<Path> paths = Files.walk(source)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(
                        path,
                        target.resolve(source.getParent().relativize(path)),
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void awaitLine(Process child, String expected) throws IOException {
        BufferedReader reader = child.inputReader(StandardCharsets.UTF_8);
        StringBuilder output = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.equals(expected)) {
                return;
            }
            output.append(line).append('\n');
        }
        throw new AssertionError("the program ended without \"" + expected + "\":\n" + output);
    }

    private static void finish(Process child) throws Exception {
        child.getOutputStream().close();
        awaitLine(child, "closed");
        assertTrue(child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, child.exitValue());
    }

    private static void kill(Process child) throws InterruptedException {
        child.destroyForcibly();
        assertTrue(child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    private static Postmaster postmaster(Path directory) throws IOException {
        return Postmaster.find(new ServerDirectory(directory.toRealPath())).orElseThrow();
    }

    /** A server that a test's own program started. */
    private void killServer(Postmaster server) throws IOException {
        assertTrue(server.program(new ServerDirectory(directory.toRealPath())).isPresent());
        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
    }

    private static boolean runs(Path directory) throws IOException {
        return !Postmaster.processes(new ServerDirectory(directory.toRealPath()))
                .isEmpty();
    }

    private static void assumePosix() {
        assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
                "this system has no POSIX permissions and signals");
    }
}
