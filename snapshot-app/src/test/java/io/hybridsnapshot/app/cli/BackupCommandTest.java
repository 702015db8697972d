package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.backup.BackUpStores;
import io.hybridsnapshot.app.backup.BackedUpStores;
import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSchema;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code backup} and {@code restore} on databases of their own, from a user's point of view. */
@Timeout(300)
class BackupCommandTest {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final String ROLE = "owner_of_restored";
    private static final String PASSWORD = "restored";
    private static final String KEY_TEXT = "ID";

    @TempDir
    Path directory;

    private Stores from;
    private TestProgram program;

    /** Two databases of the server of all tests, and the program that uses them. */
    private record Stores(String archive, String window, boolean ofRole) {
        static Stores create(boolean ofRole) throws SQLException {
            int number = NUMBERS.incrementAndGet();
            Stores stores = new Stores("backup_archive_" + number, "backup_window_" + number, ofRole);
            for (String database : List.of(stores.archive, stores.window)) {
                String kind = database.startsWith("backup_archive") ? "archive" : "window";
                execute(
                        "postgres",
                        "CREATE DATABASE " + database
                                + (ofRole ? " OWNER " + ROLE : " TEMPLATE backup_template_" + kind));
            }
            return stores;
        }

        TestProgram program(Path directory) {
            TestProgram program = new TestProgram(directory);
            for (String prefix : List.of("KESTRA_POSTGRES_", "SNAPSHOT_WINDOW_POSTGRES_")) {
                program.with(prefix + "HOST", TestProgram.server().host())
                        .with(
                                prefix + "PORT",
                                Integer.toString(TestProgram.server().port()))
                        .with(
                                prefix + "USER",
                                ofRole ? ROLE : TestProgram.server().user())
                        .with(
                                prefix + "PASSWORD",
                                ofRole ? PASSWORD : TestProgram.server().password());
            }
            return program.with("KESTRA_POSTGRES_DB", archive).with("SNAPSHOT_WINDOW_POSTGRES_DB", window);
        }

        /** A digest of each table's rows, without the versions that belong to a server. */
        Map<String, String> contents() throws SQLException {
            Map<String, String> contents = new TreeMap<>();
            for (String database : List.of(archive, window)) {
                for (String table : rows(
                        database,
                        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                                + " AND relname NOT IN ('snapshot_schema', 'snapshot_changelog',"
                                + " 'snapshot_changelog_lock')")) {
                    String row = table.equals("snapshot_ledger") ? "to_jsonb(t) - 'row_versions'" : "to_jsonb(t)";
                    contents.put(
                            table,
                            rows(
                                            database,
                                            "SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(x::text), '' ORDER"
                                                    + " BY md5(x::text))), '-') FROM (SELECT " + row + " AS x FROM "
                                                    + table + " t) r")
                                    .get(0));
                }
            }
            return contents;
        }
    }

    /** The tables of both stores take seconds to make, so most databases are copies. */
    @BeforeAll
    static void makeRoleAndTemplates(@TempDir Path directory) throws SQLException {
        execute("postgres", "CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + PASSWORD + "'");
        Stores template = new Stores("backup_template_archive", "backup_template_window", false);
        execute("postgres", "CREATE DATABASE " + template.archive());
        execute("postgres", "CREATE DATABASE " + template.window());
        template.program(directory).done("list");
    }

    @BeforeEach
    void start() throws SQLException {
        from = Stores.create(false);
        program = from.program(directory);
    }

    private static void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> rows(String database, String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    private static Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                TestProgram.server().jdbcUrl(database),
                TestProgram.server().user(),
                TestProgram.server().password());
    }

    private TestProgram.Ended save(TestProgram to, String dataset, String rows, String... more) {
        to.file("rows.csv", "ID,NAME,QTY\n" + rows);
        List<String> arguments =
                new ArrayList<>(List.of("save", dataset, "--source", "rows.csv", "--key", KEY_TEXT, "--carry", "NAME"));
        arguments.addAll(List.of(more));
        return to.done(arguments.toArray(String[]::new));
    }

    /** Two datasets with partitions, a hold, tags, a tombstone, a redaction and an encrypted archive. */
    private void fill() throws IOException {
        save(program, "Orders", "1,Anna,5\n2,Bob,6\n3,Cy,\n", "--date", "2020-01-01", "--tag", "run=1");
        save(program, "Orders", "1,Anna,5\n2,Bo,7\n3,Cy,\n", "--date", "2020-01-02", "--tag", "run=2");
        save(program, "Orders", "1,Anna,9\n2,Bo,7\n4,Di,1\n", "--date", "2020-01-03");
        save(program, "Orders", "1,Anna,9\n2,Bo,8\n4,Di,1\n", "--date", "2020-01-04");
        save(program, "Orders", "7,Ed,1\n", "--partition", "EAST", "--new-partition");
        program.done("redact", "Orders", "--key", "3", "--key-column", KEY_TEXT, "--reason", "request 7", "--apply");
        program.done("hold", "Orders", "archive:2", "--reason", "audit", "--owner", "me");
        program.done("tag", "Orders", "archive:2", "approved=yes");
        String plan = (String) program.done("cleanup", "Orders", "--keep-days", "1", "--keep-count", "2", "--json")
                .json()
                .get("digest");
        program.done("cleanup", "Orders", "--keep-days", "1", "--keep-count", "2", "--apply", plan);
        program.done("make-key", "keys.json");
        program.with("SNAPSHOT_ENCRYPTION_KEY_FILE", "keys.json");
        save(program, "secret", "1,Čeněk 你好,5\n2,,6\n");
        save(program, "secret", "1,Čeněk 你好,7\n");
    }

    @Test
    void aRestoredStoreHasTheSameRowsAndContinuesAsTheOriginalDoes() throws Exception {
        fill();
        execute(
                from.archive(),
                "INSERT INTO snapshot_change_set (archive_id, base_archive_id, rows_new, rows_changed, rows_touched,"
                        + " rows_deleted, data, filter) SELECT a.archive_id, max(b.archive_id), 1, 2, 3, 4, '\\x0102',"
                        + " '\\x0000000000000000' FROM snapshot_archive a JOIN snapshot_archive b"
                        + " USING (source_table, customer_filter) WHERE b.archive_id < a.archive_id"
                        + " GROUP BY a.archive_id ORDER BY 1");
        execute(from.archive(), "DELETE FROM snapshot_change_set WHERE change_set_no = 1");
        TestProgram.Ended made = program.done("backup", "b.zip", "--json");
        assertEquals(List.of("Orders", "secret"), made.json().get("datasets"));
        assertEquals(5L, made.json().get("currentRows"));
        assertEquals(
                Set.of(
                        "command",
                        "file",
                        "bytes",
                        "datasets",
                        "archives",
                        "currentRows",
                        "awaitedArchives",
                        "remarks",
                        "seconds"),
                made.json().keySet());
        assertEquals(1, ((List<?>) made.json().get("remarks")).size(), "the keys are not inside");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("b.zip"))));
        // The role owns its databases and is no administrator of the server.
        Stores to = Stores.create(true);
        TestProgram restored = to.program(directory).with("SNAPSHOT_ENCRYPTION_KEY_FILE", "keys.json");
        Map<String, Object> filled = restored.done("restore", "b.zip", "--json").json();
        assertEquals("RESTORED", filled.get("outcome"));
        assertEquals(
                Set.of("command", "file", "outcome", "createdAt", "datasets", "archives", "currentRows", "seconds"),
                filled.keySet());
        Map<String, String> contents = from.contents();
        assertEquals(contents, to.contents());
        assertTrue(contents.get("snapshot_archive_tombstone").startsWith("1 "), contents::toString);
        assertTrue(contents.get("snapshot_archive_redaction").matches("[1-9] .*"), contents::toString);
        assertTrue(contents.get("snapshot_archive_tag_note").startsWith("1 "), contents::toString);
        assertTrue(contents.get("snapshot_change_set").startsWith("3 "), contents::toString);
        assertTrue(contents.containsKey("orders_snapshot_version"), contents::toString);
        restored.done("verify", "Orders", "--level", "catalogue,cross,digest,content");
        restored.done("verify", "secret", "--level", "catalogue,cross,digest,content");
        assertEquals(2, restored.run("restore", "b.zip", "--check", "--force").code(), "no such option");
        List<Object> originals = goOn(program);
        assertEquals(originals, goOn(restored));
        restored.done("verify", "--level", "catalogue,cross,digest,content");
        assertEquals(
                List.of("t"),
                rows(to.archive(), "SELECT bool_and(tgenabled = 'O') FROM pg_trigger WHERE NOT tgisinternal"),
                "triggers are on again");
        assertTrue(restored.run("cleanup", "Orders", "--keep-days", "1").out().contains("audit"), "the hold is there");
    }

    /** What the next commands say, without moments and durations. */
    private List<Object> goOn(TestProgram on) {
        List<Object> said = new ArrayList<>();
        on.file("next.csv", "ID,NAME,QTY\n1,Anna,10\n2,Bo,8\n5,Flo,1\n");
        String[] source = {"--source", "next.csv", "--key", KEY_TEXT, "--carry", "NAME", "--json"};
        Map<String, Object> detected = on.done(arguments("detect", source)).json();
        said.add(at(detected, "delta.counts"));
        Map<String, Object> saved = on.done(arguments("save", source)).json();
        said.add(at(saved, "delta.counts"));
        said.add(at(saved, "archive.archive"));
        said.add(saved.get("remarks"));
        said.add(at(
                on.done("compare", "Orders", "archive:2", "current", "--key", KEY_TEXT, "--json")
                        .json(),
                "delta.counts"));
        on.done("export", "secret", "--to", "out.csv");
        said.add(on.read("out.csv"));
        on.done("tag", "Orders", "archive:2", "ticket=OPS-1");
        List<Object> tags = new ArrayList<>();
        for (Object change : (List<?>)
                at(on.done("list", "Orders", "--tag-changes", "--json").json(), "datasets.0.tagChanges")) {
            Map<?, ?> each = (Map<?, ?>) change;
            tags.add(each.get("archive") + " " + each.get("tag") + " " + each.get("after"));
        }
        assertEquals(2, tags.size(), tags::toString);
        said.add(tags);
        return said;
    }

    private static String[] arguments(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(command, "Orders"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void theSameStoreGivesTheSameMembersAndARepeatedRestoreDoesNothing() throws Exception {
        fill();
        program.done("backup", "b.zip");
        program.done("backup", "c.zip");
        Map<String, byte[]> members = members("b.zip");
        Map<String, byte[]> again = members("c.zip");
        members.remove("manifest.json");
        again.remove("manifest.json");
        assertEquals(members.keySet(), again.keySet());
        members.forEach((name, bytes) -> assertEquals(
                new String(bytes, StandardCharsets.ISO_8859_1),
                new String(again.get(name), StandardCharsets.ISO_8859_1),
                name));
        assertEquals(
                "ALREADY_THERE",
                program.done("restore", "b.zip", "--json").json().get("outcome"));
        Stores to = Stores.create(false);
        TestProgram restored = to.program(directory);
        restored.done("restore", "b.zip");
        assertEquals(
                "ALREADY_THERE",
                restored.done("restore", "c.zip", "--json").json().get("outcome"));
        // As if the process had been killed between the two commits.
        execute("postgres", "DROP DATABASE " + to.window());
        execute("postgres", "CREATE DATABASE " + to.window());
        assertEquals(
                "RESTORED", restored.done("restore", "b.zip", "--json").json().get("outcome"));
        assertEquals(from.contents(), to.contents());
    }

    /** The table with the later column has it at its end, and the restored one among the carried columns. */
    @Test
    void aRepeatedRestoreKnowsATableWithAnotherOrderOfColumns() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        save(program, "Orders", "1,Anna,6\n2,Bob,5\n", "--carry", "QTY");
        program.done("backup", "b.zip");
        Stores to = Stores.create(false);
        TestProgram restored = to.program(directory);
        restored.done("restore", "b.zip");
        String order = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attnum > 0 AND attrelid"
                + " = 'orders_snapshot'::regclass";
        assertNotEquals(rows(from.window(), order), rows(to.window(), order));
        assertEquals(
                "ALREADY_THERE",
                restored.done("restore", "b.zip", "--json").json().get("outcome"));
        execute(to.window(), "UPDATE orders_snapshot SET \"QTY\" = '7' WHERE \"NAME\" = 'Bob'");
        assertEquals(2, restored.run("restore", "b.zip").code(), "another row");
    }

    private Map<String, byte[]> members(String file) throws IOException {
        Map<String, byte[]> members = new TreeMap<>();
        try (ZipInputStream zip =
                new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(directory.resolve(file))))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                members.put(entry.getName(), zip.readAllBytes());
            }
        }
        return members;
    }

    @Test
    void aStoreWithOtherRowsIsRefusedAndStaysAsItIs() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        program.done("backup", "b.zip");
        save(program, "Orders", "1,Anna,6\n");
        Map<String, String> before = from.contents();
        TestProgram.Ended refused = program.run("restore", "b.zip");
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().contains("the archive is not empty"), refused.err());
        assertEquals(before, from.contents());
        // The archive is empty here, and the window is not.
        Stores other = Stores.create(false);
        TestProgram half = other.program(directory);
        save(half, "Orders", "1,Zed,5\n", "--archive", "off");
        half.done("list");
        before = other.contents();
        refused = half.run("restore", "b.zip");
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().contains("the window is not empty"), refused.err());
        assertEquals(before, other.contents());
    }

    @Test
    void aDamagedBackupIsOneErrorAndRestoresNothing() throws Exception {
        fill();
        program.done("backup", "b.zip");
        byte[] whole = Files.readAllBytes(directory.resolve("b.zip"));
        Stores to = Stores.create(false);
        TestProgram target = to.program(directory);
        target.done("list");
        Map<String, String> empty = to.contents();
        List<Integer> data = dataOffsets(whole);
        assertTrue(data.size() >= 15, data::toString);
        for (int offset : data) {
            byte[] damaged = whole.clone();
            damaged[offset] ^= 0x10;
            program.file("damaged.zip", damaged);
            TestProgram.Ended refused = target.run("restore", "damaged.zip");
            assertEquals(4, refused.code(), offset + ": " + refused.out() + refused.err());
            assertTrue(refused.err().contains("the backup is damaged or incomplete"), refused.err());
        }
        for (int length : new int[] {whole.length - 1, whole.length - 30, whole.length / 2, 200}) {
            program.file("damaged.zip", Arrays.copyOf(whole, length));
            TestProgram.Ended ended = target.run("restore", "damaged.zip");
            assertEquals(4, ended.code(), length + ": " + ended.err());
        }
        assertEquals(empty, to.contents());
        assertEquals(4, program.run("restore", "damaged.zip", "--check").code());
        program.done("restore", "b.zip", "--check");
    }

    @Test
    void aDescriptionThatIsEmptyOrTooLargeIsADamagedBackup() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        program.done("backup", "b.zip");
        byte[] manifest = members("b.zip").get("manifest.json");
        describe(manifest, 1);
        program.done("restore", "damaged.zip", "--check");
        String shorter =
                new String(manifest, StandardCharsets.UTF_8).replaceAll("\"bytes\"\\s*:\\s*[0-9]+", "\"bytes\":1");
        List<byte[]> wrong =
                List.of(new byte[0], "null".getBytes(StandardCharsets.UTF_8), shorter.getBytes(StandardCharsets.UTF_8));
        for (byte[] each : wrong) {
            describe(each, 1);
            assertTrue(damage().contains(each.length > 4 ? "another size or SHA-256" : "manifest.json"), damage());
        }
        describe(new byte[1 << 20], 257);
        assertTrue(damage().contains("of more than 268435456 bytes"), damage());
    }

    private String damage() {
        TestProgram.Ended refused = program.run("restore", "damaged.zip", "--check");
        assertEquals(4, refused.code(), refused.err());
        assertTrue(refused.err().contains("the backup is damaged or incomplete"), refused.err());
        return refused.err();
    }

    /** Writes damaged.zip: the members of b.zip with another description, some times in a row. */
    private void describe(byte[] manifest, int times) throws IOException {
        try (ZipInputStream zip =
                        new ZipInputStream(new ByteArrayInputStream(Files.readAllBytes(directory.resolve("b.zip"))));
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(directory.resolve("damaged.zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                out.putNextEntry(new ZipEntry(entry.getName()));
                boolean isManifest = entry.getName().equals("manifest.json");
                byte[] bytes = isManifest ? manifest : zip.readAllBytes();
                for (int written = 0; written < (isManifest ? times : 1); written++) {
                    out.write(bytes);
                }
                out.closeEntry();
            }
        }
    }

    /** The places of the first bytes of all members with contents but the mark, by the headers of the file. */
    private static List<Integer> dataOffsets(byte[] zip) {
        List<Integer> offsets = new ArrayList<>();
        for (int at = 4; at < zip.length - 30; at++) {
            if (zip[at] == 'P' && zip[at + 1] == 'K' && zip[at + 2] == 3 && zip[at + 3] == 4) {
                int name = (zip[at + 26] & 0xFF) + 256 * (zip[at + 27] & 0xFF);
                int extra = (zip[at + 28] & 0xFF) + 256 * (zip[at + 29] & 0xFF);
                // Beyond the header of a stored block, so that the contents change and not their form alone.
                offsets.add(at + 30 + name + extra + 7);
            }
        }
        return offsets;
    }

    @Test
    void whatIsNoBackupOrHasNoStoreIsToldInOneError() throws Exception {
        TestProgram.Ended nothing = program.run("backup", "b.zip");
        assertEquals(2, nothing.code());
        assertTrue(nothing.err().contains("there is nothing to back up"), nothing.err());
        assertFalse(Files.exists(directory.resolve("b.zip")));
        program.file("text.txt", "no backup");
        program.file("other.zip", new byte[] {'P', 'K', 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        for (String file : List.of("text.txt", "other.zip", "missing.zip")) {
            TestProgram.Ended ended = program.run("restore", file);
            assertEquals(2, ended.code(), file + ended.err());
        }
        save(program, "Orders", "1,Anna,5\n");
        assertEquals(2, program.run("backup", "text.txt").code(), "replaces no other file");
        assertEquals("no backup", program.read("text.txt"));
        program.done("backup", "text.txt", "--force");
        program.done("backup", "text.txt");
        TestProgram sqlServer = new TestProgram(directory)
                .with("SNAPSHOT_SQLSERVER_HOST", "127.0.0.1")
                .with("SNAPSHOT_SQLSERVER_USER", "sa")
                .with("SNAPSHOT_SQLSERVER_PASSWORD", "x");
        TestProgram.Ended refused = sqlServer.run("backup", "c.zip");
        assertEquals(2, refused.code(), refused.err());
        assertTrue(refused.err().contains("a window on SQL Server"), refused.err());
    }

    @Test
    void aBackupBesideSavesShowsOneMoment() throws Exception {
        save(program, "Orders", "1,Anna,0\n2,Bob,0\n");
        AtomicBoolean ends = new AtomicBoolean();
        AtomicInteger saved = new AtomicInteger();
        ExecutorService writer = Executors.newSingleThreadExecutor();
        Future<Integer> saves = writer.submit(() -> {
            while (!ends.get()) {
                int count = saved.incrementAndGet();
                save(program, "Orders", "1,Anna," + count + "\n2,Bob," + (count + 1) + "\n");
            }
            return saved.get();
        });
        try {
            for (int round = 0; !saves.isDone() && (round < 4 || saved.get() < 4); round++) {
                from.program(directory).done("backup", "b" + round % 4 + ".zip");
            }
        } finally {
            ends.set(true);
            writer.shutdown();
        }
        assertTrue(saves.get() > 3, "saves went on: " + saves.get());
        for (int round = 0; round < 4; round++) {
            TestProgram restored = Stores.create(false).program(directory);
            restored.done("restore", "b" + round + ".zip");
            // A save under way at that moment is finished or undone, as after a crash.
            restored.done("recover", "Orders");
            restored.done("verify", "--level", "catalogue,cross,digest,content");
        }
    }

    /** The moment of the clock lies before the next commit, and not at the end of the backup. */
    @Test
    void theMomentOfABackupIsWhenWritersAreLockedOut() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        Instant moment = Instant.parse("2020-02-02T02:02:02Z");
        List<String> locks = new ArrayList<>();
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                for (String database : List.of(from.archive(), from.window())) {
                    try {
                        locks.addAll(rows(
                                database,
                                "SELECT relation::regclass::text FROM pg_locks WHERE mode = 'ShareLock' AND database ="
                                        + " (SELECT oid FROM pg_database WHERE datname = current_database())"
                                        + " AND relation IS NOT NULL"));
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                }
                return moment.plusMillis(7);
            }
        };
        BackUpStores backup = new BackUpStores(
                new BackedUpStores(() -> settings(from.archive()), () -> settings(from.window())), clock);
        OutputFile file = OutputFile.check(directory, Path.of("b.zip"), Replacement.NEVER, ProtectedFiles.NONE);
        try (PendingOutput output = file.open(OutputStream.nullOutputStream())) {
            assertEquals(moment, backup.writeChecked(output).contents().createdAt());
        }
        assertEquals(List.of("snapshot_archive", "snapshot_ledger"), locks);
    }

    private static PostgresSettings settings(String database) {
        return PostgresSettings.of(
                TestProgram.server().host(),
                TestProgram.server().port(),
                database,
                TestProgram.server().user(),
                TestProgram.server().password());
    }

    /** TRUNCATE empties a table for transactions that began before it, too. */
    @Test
    void aTableThatAnotherProgramRefillsMeanwhileIsNotBackedUpEmpty() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        Map<String, String> before = from.contents();
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try (Connection connection = connect(from.window());
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("CREATE TEMP TABLE kept AS SELECT * FROM orders_snapshot");
            connection.setAutoCommit(false);
            statement.execute("TRUNCATE orders_snapshot");
            statement.execute("INSERT INTO orders_snapshot SELECT * FROM kept");
            Future<TestProgram.Ended> made = reader.submit(() -> program.run("backup", "b.zip"));
            while (!made.isDone()
                    && rows(
                                    from.window(),
                                    "SELECT 1 FROM pg_locks WHERE NOT granted AND relation ="
                                            + " 'orders_snapshot'::regclass")
                            .isEmpty()) {
                Thread.sleep(20);
            }
            connection.commit();
            assertEquals(0, made.get().code(), made.get().err());
        } finally {
            reader.shutdown();
        }
        Stores to = Stores.create(false);
        to.program(directory).done("restore", "b.zip");
        assertEquals(before, to.contents());
    }

    /** Columns that another program added come along, also of types that the window does not use. */
    @Test
    void addedColumnsAndRowsInChunksComeAlong() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        execute(from.window(), "ALTER TABLE orders_snapshot ADD COLUMN \"a \"\"note\" integer DEFAULT 7");
        execute(
                from.window(),
                "ALTER TABLE orders_snapshot ADD COLUMN code char(2) DEFAULT 'CZ', ADD COLUMN codes char(3)[] DEFAULT"
                        + " '{abc}', ADD COLUMN price numeric(10, 2) DEFAULT 1.5, ADD COLUMN bits bit(3) DEFAULT"
                        + " B'101', ADD COLUMN moment timestamp(3) DEFAULT now(), ADD COLUMN free bpchar DEFAULT 'a '");
        execute(from.archive(), "ALTER TABLE snapshot_archive ADD COLUMN noted timestamptz[] DEFAULT '{now}'");
        execute(
                from.archive(),
                "INSERT INTO snapshot_archive_chunk SELECT archive_id, n, sha256, repeat('x', 2000000)::bytea FROM"
                        + " snapshot_archive, generate_series(0, 2) n");
        program.done("backup", "b.zip");
        Stores to = Stores.create(true);
        to.program(directory).done("restore", "b.zip");
        assertEquals(from.contents(), to.contents());
        assertEquals(List.of("7"), rows(to.window(), "SELECT \"a \"\"note\" FROM orders_snapshot"));
        String types = "SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute WHERE attnum > 0"
                + " AND attrelid = 'orders_snapshot'::regclass ORDER BY 1";
        assertTrue(rows(from.window(), types).contains("code character(2)"), "with its length");
        assertEquals(rows(from.window(), types), rows(to.window(), types));
    }

    /** A file of an archive may be larger than a piece of it, and is never whole in memory. */
    @Test
    void aLargeFileComesAlongInPieces() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        execute(from.archive(), "ALTER TABLE snapshot_archive DISABLE TRIGGER USER");
        execute(
                from.archive(),
                "UPDATE snapshot_archive SET parquet_data = (SELECT string_agg(convert_to(repeat(lpad(n::text, 8, '0'),"
                        + " 2000), 'UTF8'), ''::bytea ORDER BY n) FROM generate_series(1, 600) n)");
        execute(from.archive(), "ALTER TABLE snapshot_archive ENABLE TRIGGER USER");
        program.done("backup", "b.zip");
        Stores to = Stores.create(false);
        to.program(directory).done("restore", "b.zip");
        String digest =
                "SELECT octet_length(parquet_data) || encode(sha256(parquet_data), 'hex') FROM snapshot_archive";
        assertEquals(rows(from.archive(), digest), rows(to.archive(), digest));
        assertTrue(rows(to.archive(), digest).get(0).startsWith("9600000"), "two pieces and a part");
    }

    /** The rights that docs/how-to/postgresql.md lists for users of both stores. */
    @Test
    void aUserWithTheRightsOfASaveMayBackUp() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        for (String right : List.of(
                "SELECT, INSERT, UPDATE, DELETE ON snapshot_archive, snapshot_archive_chunk",
                "SELECT, INSERT ON snapshot_archive_redaction",
                "SELECT, INSERT, UPDATE ON snapshot_change_set",
                "SELECT ON snapshot_archive_chain, snapshot_archive_tombstone, snapshot_archive_tag_note,"
                        + " snapshot_schema",
                "USAGE ON SEQUENCE snapshot_archive_archive_id_seq")) {
            execute(from.archive(), "GRANT " + right + " TO " + ROLE);
        }
        execute(
                from.window(),
                "GRANT SELECT, INSERT, UPDATE, DELETE ON snapshot_ledger, snapshot_writer, orders_snapshot,"
                        + " orders_snapshot_version, orders_snapshot_staging TO " + ROLE);
        execute(from.window(), "GRANT SELECT ON snapshot_schema TO " + ROLE);
        new Stores(from.archive(), from.window(), true).program(directory).done("backup", "b.zip");
        program.done("restore", "b.zip");
        // The sequences know more than the rows: a number is never given twice.
        execute(from.archive(), "SELECT nextval('snapshot_archive_archive_id_seq') FROM generate_series(1, 6)");
        program.done("backup", "b.zip");
        Stores to = Stores.create(false);
        TestProgram restored = to.program(directory);
        restored.done("restore", "b.zip");
        assertEquals(8L, at(save(restored, "Orders", "1,Anna,6\n", "--json").json(), "archive.archive"));
    }

    /** A table that a script makes and no list has would be missing in every backup. */
    @Test
    void theListsOfTablesAreThoseOfTheScripts() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        List<String> known =
                new ArrayList<>(List.of("snapshot_schema", "snapshot_changelog", "snapshot_changelog_lock"));
        known.addAll(PostgresArchiveSchema.tables());
        known.addAll(PostgresWindowSchema.tables());
        known.addAll(PostgresWindowSchema.tablesOf("Orders"));
        List<String> there = new ArrayList<>(rows(
                from.archive(),
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"));
        there.addAll(rows(
                from.window(),
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"));
        assertTrue(there.size() > 10, there::toString);
        there.removeAll(known);
        assertEquals(List.of(), there);
    }

    @Test
    void anArchiveThatWaitsInTheOutboxIsTold() throws Exception {
        save(program, "Orders", "1,Anna,5\n");
        execute(from.archive(), "ALTER TABLE snapshot_archive RENAME TO elsewhere");
        TestProgram.Ended saved;
        try {
            program.file("rows.csv", "ID,NAME,QTY\n1,Anna,6\n");
            saved = program.run(
                    "save", "Orders", "--source", "rows.csv", "--key", KEY_TEXT, "--archive", "best-effort");
        } finally {
            execute(from.archive(), "ALTER TABLE elsewhere RENAME TO snapshot_archive");
        }
        assertEquals(0, saved.code(), saved.err());
        TestProgram.Ended made = program.done("backup", "b.zip", "--json");
        assertEquals(1L, made.json().get("awaitedArchives"));
        assertNotEquals(List.of(), made.json().get("remarks"));
    }
}
