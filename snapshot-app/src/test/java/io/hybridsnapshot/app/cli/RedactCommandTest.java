package io.hybridsnapshot.app.cli;

import static io.hybridsnapshot.app.cli.JsonText.at;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.Configuration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Redactions on a real server, as a user calls them. */
class RedactCommandTest {
    private static final String HEADER = "CUSTOMER,NO,EMAIL\n";

    @TempDir
    Path directory;

    private TestProgram program;
    private String dataset;
    private String person;

    @BeforeEach
    void start(TestInfo test) {
        program = new TestProgram(directory);
        String method = test.getTestMethod().orElseThrow().getName();
        dataset = "redact_" + method.substring(0, Math.min(33, method.length()));
        // In no other test's rows, so that all of the server can be searched for it.
        person = "Erika Mustermann " + dataset;
        // Nothing is compressed, so that a text that is in a file is in its bytes.
        program.file(
                "snapshot.yaml",
                "parquet: {compression: uncompressed}\n" + "datasets:\n  " + dataset
                        + ":\n    source: {csv: rows.csv}\n    key: [CUSTOMER]\n    carried: [CUSTOMER]\n");
    }

    private TestProgram.Ended save(String rows, String... more) {
        program.file("rows.csv", HEADER + rows);
        return program.done(
                Stream.concat(Stream.of("save", dataset), Stream.of(more)).toArray(String[]::new));
    }

    private String rows(int count) {
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < count; i++) {
            rows.append("Customer ")
                    .append(i)
                    .append(",")
                    .append(i)
                    .append(",c")
                    .append(i)
                    .append("@")
                    .append(dataset)
                    .append("\n");
        }
        return rows.toString();
    }

    private String with(int count) {
        return rows(count) + person + ",4711,erika@" + dataset + ".example\n";
    }

    /** Three states with the person and two without, which push them out of the window. */
    private void saveStates() {
        save(with(5));
        save(with(6), "--tag", "run=2");
        save(with(7));
        save(rows(8));
        save(rows(9));
    }

    private TestProgram.Ended redact(String... arguments) {
        return program.run(Stream.concat(Stream.of("redact", dataset), Stream.of(arguments))
                .toArray(String[]::new));
    }

    private List<Long> archives() {
        List<Long> ids = new ArrayList<>();
        Map<String, Object> list = program.done("list", dataset, "--json").json();
        ((List<?>) at(list, "datasets.0.archives")).forEach(each -> ids.add((Long) ((Map<?, ?>) each).get("archive")));
        return ids;
    }

    @Test
    void erasedRowsAreNowhereInTheStoresAnyMore() throws SQLException {
        saveStates();
        List<Long> archives = archives();
        assertEquals(3, placesOf(person).size(), "the search sees what is there: " + placesOf(person));
        assertEquals(5, placesOf("c3@" + dataset).size());
        program.file("keys.txt", person + "\n");

        Map<String, Object> plan = redact("--keys-file", "keys.txt", "--json").json();
        assertEquals(false, plan.get("applied"));
        assertEquals(null, at(plan, "plan.refusal"));
        assertEquals(
                List.of("CLEAN", "CLEAN", "ERASABLE", "ERASABLE", "ERASABLE"),
                ((List<?>) at(plan, "plan.archives"))
                        .stream().map(each -> ((Map<?, ?>) each).get("verdict")).toList());
        assertEquals(3, placesOf(person).size());

        TestProgram.Ended applied =
                redact("--keys-file", "keys.txt", "--reason", "request 2026-114", "--apply", "--json", "--verbose");
        assertEquals(0, applied.code(), applied.err());
        assertFalse((applied.out() + applied.err()).contains(person), applied.err());
        assertEquals(3L, applied.json().get("erasedRows"));
        assertEquals(List.of(), placesOf(person));
        assertEquals(List.of(), placesOf("erika@" + dataset));
        assertEquals(List.of(), placesOf("4711,erika"));

        Map<String, Object> list = program.done("list", dataset, "--json").json();
        int position = 0;
        for (long archive : archives) {
            // As CSV it is decoded row by row, its digests checked; as Parquet it is the very bytes.
            program.done("export", dataset, "archive:" + archive, "--to", "out.csv");
            String csv = program.read("out.csv");
            assertFalse(csv.contains("Erika") || csv.contains("4711"), csv);
            assertEquals(9 - position + 1, csv.lines().count(), csv);
            assertEquals((long) 9 - position, at(list, "datasets.0.archives." + position + ".rows"));
            assertEquals(position < 2 ? 0L : 1L, at(list, "datasets.0.archives." + position + ".redactions"));
            program.done("export", dataset, "archive:" + archive, "--to", "out.parquet");
            position++;
        }
        assertEquals(Map.of("run", "2"), at(list, "datasets.0.archives.3.tags"));
        Map<String, Object> audit =
                program.done("list", dataset, "--redactions", "--json").json();
        assertEquals(3, ((List<?>) at(audit, "datasets.0.redactions")).size());
        assertEquals("request 2026-114", at(audit, "datasets.0.redactions.0.reason"));
        assertEquals(1L, at(audit, "datasets.0.redactions.0.erasedRows"));
        assertTrue(program.done("list", dataset, "--redactions").out().contains("request 2026-114"));
        assertTrue(program.done("list", dataset).out().contains("redacted"));
        assertEquals(0, chainErrors());
        Map<String, Object> compared = program.done(
                        "compare", dataset, "archive:" + archives.get(4), "archive:" + archives.get(2), "--json")
                .json();
        assertEquals(5L, at(compared, "delta.counts.unchanged"));
        assertEquals(2L, at(compared, "delta.counts.new"));
        assertEquals(0L, at(compared, "delta.counts.deleted"));
        save(rows(10));
        assertEquals(1L, at(redact("--keys-file", "keys.txt", "--json").json(), "plan.unmatchedKeys.0"));
    }

    /** The pipeline's archives have neither SHA-256 nor fingerprint, and the hashing of their rows is not recorded. */
    @Test
    void archivesOfThePipelineAreRewrittenToo() throws SQLException, IOException {
        saveStates();
        program.done("export", dataset, "archive:" + archives().get(2), "--to", "pipeline.parquet");
        byte[] bytes = Files.readAllBytes(directory.resolve("pipeline.parquet"));
        long pipelines;
        try (Connection connection = connection(Configuration.ARCHIVE_DATABASE);
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO snapshot_archive (snapshot_date, customer_filter, batch_id,"
                                + " records_count, source_database, source_table, parquet_data, parquet_size,"
                                + " compression_ratio, original_columns, schema_hash, file_checksum, tags) VALUES"
                                + " ('2026-01-05 06:00:00', 'ALL', gen_random_uuid(), 8, 'ORDERS', ?, ?, ?, 0.5, 3,"
                                + " '8d777f385d3dfec8815d20f7496026dc', md5(?), '{}') RETURNING archive_id")) {
            insert.setString(1, dataset);
            insert.setBytes(2, bytes);
            insert.setLong(3, bytes.length);
            insert.setBytes(4, bytes);
            try (ResultSet row = insert.executeQuery()) {
                assertTrue(row.next());
                pipelines = row.getLong(1);
            }
        }
        TestProgram.Ended applied = redact("--key", person, "--reason", "request", "--apply", "--json");
        assertEquals(4L, applied.json().get("erasedRows"), applied.err());
        assertEquals(List.of(), placesOf(person));
        program.done("export", dataset, "archive:" + pipelines, "--to", "out.csv");
        assertEquals(HEADER + rows(7), program.read("out.csv"));
        Map<String, Object> list = program.done("list", dataset, "--json").json();
        Map<?, ?> listed = (Map<?, ?>) at(list, "datasets.0.archives.5");
        assertEquals(pipelines, listed.get("archive"));
        assertEquals(7L, listed.get("rows"));
        assertEquals(null, listed.get("fingerprint"), "nobody has said how its rows are hashed");
        TestProgram.Ended verified =
                program.run("verify", dataset, "--level", "catalogue,digest,content,cross", "--json");
        assertEquals(0, verified.code(), verified.out());
    }

    @Test
    void anEncryptedArchiveIsEncryptedAfterwardsToo() throws SQLException {
        program.done("make-key", "archive.key");
        program.with(
                "SNAPSHOT_ENCRYPTION_KEY_FILE", directory.resolve("archive.key").toString());
        saveStates();
        assertEquals(List.of(), placesOf(person));
        TestProgram.Ended applied = redact("--key", person, "--reason", "request", "--apply", "--json");
        assertEquals(3L, applied.json().get("erasedRows"));
        List<String> places = placesOf("c3@" + dataset);
        assertEquals(List.of(), places, "rows that stay are encrypted; the window does not carry this column");
        long oldest = archives().get(4);
        program.done("export", dataset, "archive:" + oldest, "--to", "out.csv");
        assertEquals(HEADER + rows(5), program.read("out.csv"));
    }

    /** The old bytes remain in PostgreSQL's files until those are rewritten, as the how-to describes. */
    @Test
    void aFullVacuumTakesTheOldBytesOutOfTheDataFiles() throws SQLException, IOException {
        saveStates();
        execute("CHECKPOINT");
        assertTrue(inDataFiles(person), "the search sees what is there");
        program.file("keys.txt", person + "\n");
        assertEquals(
                0,
                redact("--keys-file", "keys.txt", "--reason", "request", "--apply")
                        .code());
        execute("VACUUM (FULL) snapshot_archive", "VACUUM (FULL) snapshot_archive_chunk", "CHECKPOINT");
        assertFalse(inDataFiles(person));
    }

    private static boolean inDataFiles(String text) throws SQLException, IOException {
        Path data;
        List<String> files = new ArrayList<>();
        try (Connection connection = connection(Configuration.ARCHIVE_DATABASE);
                Statement statement = connection.createStatement()) {
            data = Path.of(text(statement, "SHOW data_directory").get(0));
            files.addAll(text(
                    statement,
                    "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname LIKE 'snapshot_archive%' AND"
                            + " relkind = 'r' UNION ALL SELECT pg_relation_filepath(reltoastrelid) FROM"
                            + " pg_class WHERE relname LIKE 'snapshot_archive%' AND relkind = 'r' AND"
                            + " reltoastrelid <> 0"));
        }
        for (String file : files) {
            if (holds(Files.readAllBytes(data.resolve(file)), text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1)
                .contains(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /** Rows of any table of both databases that have a text, also within bytes. */
    private static List<String> placesOf(String text) throws SQLException {
        List<String> places = new ArrayList<>();
        String hex = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
        for (String database : List.of(Configuration.ARCHIVE_DATABASE, Configuration.WINDOW_DATABASE)) {
            try (Connection connection = connection(database);
                    Statement statement = connection.createStatement()) {
                List<String> tables = text(
                        statement,
                        "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables"
                                + " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
                for (String table : tables) {
                    for (String row : text(statement, "SELECT t::text FROM " + table + " t")) {
                        if (row.contains(text) || row.contains(hex)) {
                            places.add(database + " " + table);
                        }
                    }
                }
            }
        }
        return places;
    }

    private static List<String> text(Statement statement, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection connection = connection(Configuration.ARCHIVE_DATABASE);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private static Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(
                TestProgram.server().jdbcUrl(database),
                TestProgram.server().user(),
                TestProgram.server().password());
    }

    /** Links of the dataset's chain that do not carry the digest of the link before them, the head's included. */
    private long chainErrors() throws SQLException {
        TreeMap<Long, String[]> links = new TreeMap<>();
        long errors = 0;
        try (Connection connection = connection(Configuration.ARCHIVE_DATABASE);
                Statement statement = connection.createStatement()) {
            String where = " WHERE source_table = '" + dataset + "'";
            // An archive that was redacted joined with the digest that its first redaction replaced.
            try (ResultSet rows =
                    statement.executeQuery("SELECT chain_no, previous_digest, coalesce((SELECT r.replaced_digest FROM"
                            + " snapshot_archive_redaction r WHERE r.archive_id = a.archive_id ORDER BY"
                            + " chain_no LIMIT 1), record_digest) FROM snapshot_archive a"
                            + where
                            + " UNION ALL SELECT chain_no, previous_digest, digest FROM snapshot_archive_redaction"
                            + where)) {
                while (rows.next()) {
                    links.put(rows.getLong(1), new String[] {rows.getString(2), rows.getString(3)});
                }
            }
            String previous = "0".repeat(64);
            long number = 0;
            for (Map.Entry<Long, String[]> link : links.entrySet()) {
                errors += link.getKey() == ++number && link.getValue()[0].equals(previous) ? 0 : 1;
                previous = link.getValue()[1];
            }
            List<String> head = text(statement, "SELECT chain_no || ' ' || digest FROM snapshot_archive_chain" + where);
            errors += head.equals(List.of(number + " " + previous)) ? 0 : 1;
            assertEquals(8, number);
        }
        return errors;
    }

    @Test
    void whatTheWindowHasAndWhatIsHeldIsRefused() {
        save(with(5));
        save(with(6));
        TestProgram.Ended dry = redact("--key", person);
        assertEquals(0, dry.code());
        assertTrue(dry.out().contains("With --apply: redaction refused"), dry.out());
        assertTrue(dry.out().contains("in window"), dry.out());
        assertFalse(dry.out().contains(person), dry.out());
        TestProgram.Ended refused = redact("--key", person, "--reason", "request 7", "--apply");
        assertEquals(3, refused.code(), refused.out());
        assertTrue(refused.err().contains("erase the rows at the source, save until"), refused.err());
        assertFalse(refused.err().contains(person), refused.err());
        save(rows(6));
        save(rows(7));
        long oldest = archives().get(3);
        program.done("hold", dataset, "archive:" + oldest, "--reason", "case 7", "--owner", "legal");
        refused = redact("--key", person, "--reason", "request 7", "--apply", "--json");
        assertEquals(3, refused.code());
        assertTrue(((String) at(refused.error(), "error.message")).contains("case 7"), refused.err());
        String text = program.done("list", dataset).out();
        assertTrue(text.contains("'case 7', owner legal"), text);
        program.done("release", dataset, "archive:" + oldest, "--owner", "legal");
        assertEquals(
                0, redact("--key", person, "--reason", "request 7", "--apply").code());
    }

    /** A save that was cut off before its partition had any snapshot. */
    @Test
    void aSaveThatWasCutOffIsNamedUntilItIsRecovered() throws SQLException {
        save(rows(3));
        String id = "123e4567-e89b-12d3-a456-426614174000";
        try (Connection connection = connection(Configuration.WINDOW_DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "INSERT INTO snapshot_ledger (dataset, batch_id, partition, date, state, started_at, layout)"
                            + " VALUES ('" + dataset + "', '" + id
                            + "', 'CUT OFF', '2026-11-18', 'STAGING', '2026-11-18 06:00:00', 2)");
        }
        TestProgram.Ended plan = redact("--key", person, "--json");
        Map<?, ?> begun = (Map<?, ?>) at(plan.json(), "plan.unarchived.0");
        assertEquals(id, begun.get("id"));
        assertEquals("CUT OFF", begun.get("partition"));
        assertEquals("2026-11-18T00:00:00Z", begun.get("date"));
        assertEquals("STAGING", begun.get("state"));
        assertEquals("2026-11-18T06:00:00Z", begun.get("startedAt"));
        assertTrue(begun.containsKey("rows") && begun.get("rows") == null, "nobody has searched it");
        TestProgram.Ended refused = redact("--key", person, "--apply", "--reason", "request");
        assertEquals(3, refused.code());
        assertTrue(refused.err().contains("--accept-unfinished"), refused.err());
        assertEquals(
                0,
                redact("--key", person, "--apply", "--reason", "request", "--accept-unfinished")
                        .code());
        String text = redact("--key", person).out();
        assertTrue(text.contains("Not searched") && text.contains(id) && text.contains("'CUT OFF'"), text);
        assertTrue(program.done("recover", dataset).out().contains(id));
        assertEquals(List.of(), at(redact("--key", person, "--json").json(), "plan.unarchived"));
        assertTrue(program.done("recover", dataset).out().contains("Nothing was left"));
    }

    @Test
    void keysComeFromOptionsAndFilesOfAllKinds() {
        program.file(
                "snapshot.yaml",
                "datasets:\n  " + dataset + ":\n    source: {csv: rows.csv}\n    key: [CUSTOMER, NO]\n");
        save("\"A, \"\"B\"\"\",1,x\nC,2,x\nC,3,x\n,4,x\nD,5,x\n");
        save("D,5,x\n", "--allow-deletes");
        save("D,5,y\n");
        assertEquals(1L, erasable("--key", "\"A, \"\"B\"\"\",1"));
        assertEquals(1L, erasable("--key", ",4"));
        assertEquals(2L, erasable("--key", "C,2", "--key", "C,3", "--key", "C,3"));
        assertEquals(0L, erasable("--key", "2,C"));
        assertEquals(0L, erasable("--key", "\"\",4"), "an empty text is not NULL");
        program.file("keys.csv", "IGNORED,NO,CUSTOMER\nx,1,\"A, \"\"B\"\"\"\ny,3,C\nz,4,\n");
        assertEquals(3L, erasable("--keys-file", "keys.csv"));
        program.file("keys.tsv", "NO\tCUSTOMER\n2\tC\n");
        assertEquals(1L, erasable("--keys-file", "keys.tsv"));
        assertRefused("key number 1", "--key", "C");
        assertRefused("key number 1", "--key", "C,2,3");
        assertRefused("quotes", "--key", "\"C,2");
        assertRefused("quotes", "--key", "C\"D,2");
        assertRefused("quotes", "--key", "\"C\"D,2");
        assertRefused("without a value", "--key", ",");
        program.file("lines.txt", "C\n");
        assertRefused("keys of several columns", "--keys-file", "lines.txt");
        program.file("other.csv", "NUMBER,CUSTOMER\n1,C\n");
        assertRefused("lacks a key column", "--keys-file", "other.csv");
        assertRefused("missing.csv", "--keys-file", "missing.csv");
        assertRefused("missing.txt", "--keys-file", "missing.txt", "--key-column", "CUSTOMER");
        program.file("empty.csv", "NO,CUSTOMER\n");
        assertRefused("no keys", "--keys-file", "empty.csv");
        program.file("latin.txt", new byte[] {'M', (byte) 0xFC, '\n'});
        assertRefused("UTF-8", "--keys-file", "latin.txt", "--key-column", "CUSTOMER");
        program.file("bom.txt", "\uFEFFC\r\n\r\nD\n");
        assertEquals(0L, erasable("--keys-file", "bom.txt", "--key-column", "EMAIL"));
    }

    private long erasable(String... keys) {
        TestProgram.Ended ended =
                redact(Stream.concat(Stream.of(keys), Stream.of("--json")).toArray(String[]::new));
        assertEquals(0, ended.code(), ended.err());
        long rows = 0;
        for (Object each : (List<?>) at(ended.json(), "plan.archives")) {
            rows += "ERASABLE".equals(((Map<?, ?>) each).get("verdict")) ? (Long) ((Map<?, ?>) each).get("rows") : 0;
        }
        return rows;
    }

    private void assertRefused(String said, String... arguments) {
        TestProgram.Ended ended = redact(arguments);
        assertEquals(2, ended.code(), List.of(arguments) + ended.out());
        assertTrue(ended.err().contains(said), ended.err());
    }

    @Test
    void oneKeyColumnTakesATextWithACommaAsItIs() {
        save("\"Doe, Jane\",1,x\nDoe,2,x\nOther,3,x\n");
        save("Doe,2,x\nOther,3,x\n");
        save("Doe,2,x\nOther,3,y\n");
        assertEquals(1L, erasable("--key", "Doe, Jane"));
        assertEquals(
                0,
                redact("--key", "Doe, Jane", "--reason", "request", "--apply").code());
        assertEquals(0L, erasable("--key", "Doe, Jane"));
    }

    @Test
    void whatIsMissingIsSaidBeforeAnythingIsSearched() {
        assertEquals(2, redact("--reason", "request").code());
        save(with(2));
        assertRefused("--key VALUE or --keys-file FILE", "--apply");
        assertRefused("both --key and --keys-file", "--key", "x", "--keys-file", "y.txt");
        assertRefused("--reason", "--key", "x", "--apply");
        assertRefused("--reason", "--key", "x", "--apply", "--reason", " ");
        TestProgram.Ended told = redact("--key", person, "--apply", "--reason", "forget " + person);
        assertEquals(2, told.code());
        assertFalse(told.err().contains(person), told.err());
        assertRefused("987654", "--key", "x", "--archive", "987654");
        TestProgram.Ended undefined = program.run("redact", dataset + "x", "--key", "x");
        assertEquals(2, undefined.code());
        assertTrue(undefined.err().contains(dataset), undefined.err());
        TestProgram.Ended nothing = redact("--key", "nobody of this name");
        assertTrue(nothing.out().contains("1 key of 1 found nowhere: number 1"), nothing.out());
    }
}
