package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.testkit.data.FileDigests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted archives on a real server, from a user's point of view. */
class EncryptionTest {
    private static final byte[] ENCRYPTED = {(byte) 0x89, 'H', 'S', 'E', 'N', 'C', '\r', '\n'};
    private static final String DAY_ONE = "ORDER NO,NAME,QTY\n1,Anna,5\n2,\"Bob, \"\"the\"\" 2nd\",6\n3,Čeněk 你好,\n";
    private static final String DAY_TWO = "ORDER NO,NAME,QTY\n1,Anna,7\n3,Čeněk 你好,\n4,Dora,1\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;
    private final List<String> printed = new ArrayList<>();

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = method.substring(0, Math.min(40, method.length()));
        program.file("orders.csv", DAY_ONE);
    }

    private String[] ad(String command, String... more) {
        return Stream.concat(
                        Stream.of(command, dataset, "--source", "orders.csv", "--key", "ORDER NO"), Stream.of(more))
                .toArray(String[]::new);
    }

    private TestProgram.Ended run(String... arguments) {
        TestProgram.Ended ended = program.run(arguments);
        printed.add(ended.out());
        printed.add(ended.err());
        return ended;
    }

    private TestProgram.Ended done(String... arguments) {
        TestProgram.Ended ended = run(arguments);
        assertEquals(0, ended.code(), () -> List.of(arguments) + ": " + ended.err());
        return ended;
    }

    /** Makes a key and has the program use it. */
    private String useKey(String file) {
        String id = (String) done("make-key", file, "--json").json().get("key");
        use(file);
        return id;
    }

    private void use(String file) {
        program.with("SNAPSHOT_ENCRYPTION_KEY_FILE", file);
    }

    private void useNoKey() {
        program.with("SNAPSHOT_ENCRYPTION_KEY_FILE", "");
    }

    private static String secret(String keyset) {
        Matcher value = Pattern.compile("\"value\":\\s*\"([^\"]+)\"").matcher(keyset);
        assertTrue(value.find());
        return value.group(1);
    }

    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                TestProgram.server().jdbcUrl(database),
                TestProgram.server().user(),
                TestProgram.server().password());
    }

    private record Stored(byte[] bytes, long size, String md5, String sha256) {}

    private Stored stored() throws SQLException {
        try (Connection connection = connect(Configuration.ARCHIVE_DATABASE);
                PreparedStatement select = connection.prepareStatement(
                        "SELECT parquet_data, parquet_size, file_checksum, sha256 FROM snapshot_archive"
                                + " WHERE source_table = ? ORDER BY archive_id DESC LIMIT 1")) {
            select.setString(1, dataset);
            try (ResultSet row = select.executeQuery()) {
                assertTrue(row.next());
                return new Stored(row.getBytes(1), row.getLong(2), row.getString(3), row.getString(4));
            }
        }
    }

    private static boolean isEncrypted(byte[] bytes) {
        return Arrays.equals(ENCRYPTED, Arrays.copyOf(bytes, ENCRYPTED.length));
    }

    @Test
    void encryptedArchiveIsSavedDetectedAgainstAndExported() throws Exception {
        useKey("snapshot.key");
        done(ad("save"));
        Stored stored = stored();
        assertTrue(isEncrypted(stored.bytes()));
        assertEquals(stored.bytes().length, stored.size());
        assertEquals(FileDigests.md5(stored.bytes()), stored.md5());
        assertEquals(FileDigests.sha256(stored.bytes()), stored.sha256());
        assertFalse(new String(stored.bytes(), StandardCharsets.ISO_8859_1).contains("Anna"));

        program.file("orders.csv", DAY_TWO);
        Map<String, Object> detected = done(ad("detect", "--json")).json();
        assertEquals(
                Map.of("new", 1L, "changed", 1L, "unchanged", 1L, "deleted", 1L, "before", 3L, "after", 3L),
                at(detected, "delta.counts"));
        assertEquals("5", at(detected, "delta.examples.0.columns.0.before").toString());
        assertEquals("7", at(detected, "delta.examples.0.columns.0.after").toString());

        done("export", dataset, "--to", "back.csv");
        assertEquals(DAY_ONE, program.read("back.csv").replace("\r\n", "\n"));
        done("export", dataset, "--to", "some.parquet", "--column", "NAME");
        done("export", dataset, "--to", "all.parquet");
        for (String file : List.of("some.parquet", "all.parquet")) {
            byte[] bytes = Files.readAllBytes(directory.resolve(file));
            assertEquals("PAR1", new String(bytes, 0, 4, StandardCharsets.US_ASCII), file);
            assertEquals("PAR1", new String(bytes, bytes.length - 4, 4, StandardCharsets.US_ASCII), file);
        }
        // Read by the program without any key.
        useNoKey();
        program.file("orders.csv", DAY_ONE);
        Map<String, Object> compared = done(
                        "compare", dataset, "source:all.parquet", "source:orders.csv", "--key", "ORDER NO", "--json")
                .json();
        assertEquals(3L, at(compared, "delta.counts.unchanged"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of("all.parquet", "back.csv", "orders.csv", "snapshot.key", "some.parquet", "work"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void exportedParquetIsTheFileThatAPlainArchiveWouldBe() throws Exception {
        done(ad("save", "--date", "2026-01-01"));
        byte[] plain = stored().bytes();
        assertFalse(isEncrypted(plain));
        useKey("snapshot.key");
        program.file("orders.csv", DAY_TWO);
        done(ad("save", "--date", "2026-01-02"));
        program.file("orders.csv", DAY_ONE);
        done(ad("save", "--date", "2026-01-03"));
        assertTrue(isEncrypted(stored().bytes()));
        done("export", dataset, "2026-01-01", "--to", "plain.parquet");
        done("export", dataset, "2026-01-03", "--to", "decrypted.parquet");
        assertArrayEquals(plain, Files.readAllBytes(directory.resolve("plain.parquet")));
        assertEquals(
                done("hash", "plain.parquet", "--key", "ORDER NO").out(),
                done("hash", "decrypted.parquet", "--key", "ORDER NO").out());
    }

    @Test
    void plainArchiveOfBeforeIsComparedWithAnEncryptedOne() throws Exception {
        done(ad("save"));
        useKey("snapshot.key");
        program.file("orders.csv", DAY_TWO);
        Map<String, Object> saved = done(ad("save", "--json")).json();
        assertEquals("QTY", at(saved, "delta.changedColumns.0.column"));
        assertTrue(isEncrypted(stored().bytes()));
        Map<String, Object> compared =
                done(ad("compare", "previous", "current", "--json")).json();
        assertEquals(1L, at(compared, "delta.counts.changed"));
        assertEquals("5", at(compared, "delta.examples.0.columns.0.before").toString());
        assertEquals("7", at(compared, "delta.examples.0.columns.0.after").toString());
    }

    @Test
    void rotatedKeysReadBothKindsOfArchives() throws Exception {
        String first = useKey("snapshot.key");
        done(ad("save", "--date", "2026-01-01"));
        String text = program.read("snapshot.key");
        String second = (String)
                done("make-key", "snapshot.key", "--add", "--json").json().get("key");
        assertNotEquals(first, second);
        program.file("orders.csv", DAY_TWO);
        done(ad("save", "--date", "2026-01-02"));
        assertEquals(1L, at(done(ad("compare", "previous", "current", "--json")).json(), "delta.counts.changed"));
        // A user with only the first key reads the archives encrypted with it. For the other archive, the error names
        // the missing key.
        program.file("former.key", text);
        use("former.key");
        done("export", dataset, "2026-01-01", "--to", "one.csv");
        TestProgram.Ended refused = run("export", dataset, "2026-01-02", "--to", "two.csv");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("found keys " + first + ", expected key " + second), refused.err());
        assertFalse(Files.exists(directory.resolve("two.csv")));
    }

    @Test
    void wrongKeyAndNoKeyAreClearErrors() throws Exception {
        String needed = useKey("right.key");
        String archive = "(archive " + at(done(ad("save", "--json")).json(), "archive.archive") + ")";
        program.file("orders.csv", DAY_TWO);
        String other = useKey("wrong.key");
        for (String[] command : List.of(
                ad("detect"),
                new String[] {"export", dataset, "--to", "out.parquet"},
                new String[] {"export", dataset, "--to", "out.csv"},
                new String[] {"export", dataset, "--to", "out.csv", "--column", "QTY"})) {
            use("wrong.key");
            TestProgram.Ended wrong = run(command);
            assertEquals(2, wrong.code(), wrong.out());
            assertTrue(wrong.err().contains("keys " + other + ", expected key " + needed), wrong.err());
            assertTrue(wrong.err().contains("add it to this one"), wrong.err());
            assertTrue(wrong.err().contains(archive), wrong.err());
            useNoKey();
            TestProgram.Ended none = run(command);
            assertEquals(2, none.code(), none.out());
            assertTrue(none.err().contains("found no key, expected key " + needed), none.err());
            assertTrue(none.err().contains("page 'Encrypt archives'"), none.err());
            assertTrue(none.err().contains(archive), none.err());
        }
        use("wrong.key");
        TestProgram.Ended verified = run("verify", dataset, "--level", "content");
        assertEquals(4, verified.code(), verified.err());
        assertTrue(
                verified.out().contains(archive + ": found keys " + other + ", expected key " + needed),
                verified.out());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of(),
                    files.filter(file -> file.toString().contains("out.")).toList());
        }
        // Commands that read no bytes of the archive need no key.
        assertTrue(done("list", dataset).out().contains(dataset));
        done("stats", dataset);
        use("right.key");
        done(ad("detect"));
    }

    @Test
    void keyThatCannotBeHadStopsTheSaveAndLeavesNothing() {
        use("gone.key");
        TestProgram.Ended refused = run(ad("save"));
        assertEquals(2, refused.code(), refused.out());
        assertTrue(refused.err().contains("there is no such key file"), refused.err());
        useNoKey();
        assertTrue(run("list", dataset).err().contains("unknown dataset"));
        program.file("no.key", "sesame open yourself");
        use("no.key");
        TestProgram.Ended unreadable = run(ad("save"));
        assertEquals(2, unreadable.code());
        assertTrue(unreadable.err().contains("no.key"), unreadable.err());
        assertFalse(unreadable.err().contains("sesame"), unreadable.err());
    }

    @Test
    void keyIsNowhereButInItsFile() throws Exception {
        done("make-key", "snapshot.key");
        done("make-key", "snapshot.key", "--add");
        String keyset = program.read("snapshot.key");
        program.with("SNAPSHOT_ENCRYPTION_KEY", keyset);
        done(ad("save", "--verbose"));
        program.file("orders.csv", DAY_TWO);
        done(ad("detect", "--json"));
        done(ad("save", "--json"));
        done("list", dataset, "--verbose");
        assertTrue(done("config").out().contains("***"));
        assertTrue(done("config", "--json").out().contains("environment variable SNAPSHOT_ENCRYPTION_KEY"));
        done("config", "--verbose");
        program.with("SNAPSHOT_ENCRYPTION_KEY", keyset.substring(0, keyset.length() / 2));
        assertEquals(2, run(ad("detect", "--verbose")).code());

        String secret = secret(keyset);
        for (int start = 0; start + 12 <= secret.length(); start += 4) {
            String part = secret.substring(start, start + 12);
            // As in every key, the beginning names the kind of key.
            boolean kind = secret(program.read("snapshot.key")).startsWith(part);
            assertTrue(kind || printed.stream().noneMatch(text -> text.contains(part)), part);
        }
        for (String database : List.of(Configuration.ARCHIVE_DATABASE, Configuration.WINDOW_DATABASE)) {
            assertEquals(List.of(), tablesWith(database, secret.substring(24, 48)), database);
            // The search finds existing tables.
            assertFalse(tablesWith(database, dataset).isEmpty(), database);
        }
    }

    /** The tables in which a text occurs, as text or as bytes. */
    private static List<String> tablesWith(String database, String text) throws SQLException {
        List<String> found = new ArrayList<>();
        String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        try (Connection connection = connect(database)) {
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = connection
                    .createStatement()
                    .executeQuery("SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
                            + " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            for (String table : tables) {
                try (PreparedStatement select = connection.prepareStatement("SELECT count(*) FROM " + table
                        + " t WHERE strpos(t::text, ?) > 0 OR strpos(t::text, ?) > 0")) {
                    select.setString(1, text);
                    select.setString(2, hex);
                    try (ResultSet row = select.executeQuery()) {
                        row.next();
                        if (row.getLong(1) > 0) {
                            found.add(table);
                        }
                    }
                }
            }
        }
        return found;
    }

    @Test
    void keyCommandGivesTheKeyAndAFailingOneSaysSo() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/cat")), "skipped: there is no /bin/cat");
        done("make-key", "snapshot.key");
        Path key = directory.resolve("snapshot.key");
        program.file("snapshot.yaml", "encryption:\n  key-command: [/bin/cat, '" + key + "']\n");
        done(ad("save"));
        assertTrue(isEncrypted(stored().bytes()));
        program.file("orders.csv", DAY_TWO);
        assertEquals(1L, at(done(ad("detect", "--json")).json(), "delta.counts.changed"));
        String config = done("config").out();
        assertTrue(config.contains("/bin/cat and 1 argument"), config);
        program.file("snapshot.yaml", "encryption:\n  key-command: [/bin/cat, '" + key + ".gone']\n");
        TestProgram.Ended failed = run(ad("detect"));
        assertEquals(5, failed.code());
        assertTrue(failed.err().contains("exit code 1"), failed.err());
        assertTrue(failed.err().contains("not shown as they may hold a secret"), failed.err());
    }

    @Test
    void keyFileIsItsOwnersAloneAndNeverOverwritten() throws Exception {
        done("make-key", "snapshot.key");
        Path key = directory.resolve("snapshot.key");
        if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        }
        byte[] bytes = Files.readAllBytes(key);
        TestProgram.Ended refused = run("make-key", "snapshot.key");
        assertEquals(2, refused.code());
        assertTrue(refused.err().contains("--add"), refused.err());
        assertArrayEquals(bytes, Files.readAllBytes(key));

        Path claim = program.file(".snapshot.key.new", "");
        assertEquals(3, run("make-key", "snapshot.key", "--add").code());
        assertArrayEquals(bytes, Files.readAllBytes(key));
        assertTrue(Files.exists(claim));
        Files.delete(claim);
        assertEquals(
                2,
                ((List<?>) done("make-key", "snapshot.key", "--add", "--json")
                                .json()
                                .get("keys"))
                        .size());
        if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        }
        assertEquals(2, run("make-key", "nowhere.key", "--add").code());
        program.file("other.key", "not a key");
        assertEquals(2, run("make-key", "other.key", "--add").code());
        assertEquals("not a key", program.read("other.key"));
        assertEquals(2, run("make-key", "no/such/folder.key").code());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of("orders.csv", "other.key", "snapshot.key"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }
}
