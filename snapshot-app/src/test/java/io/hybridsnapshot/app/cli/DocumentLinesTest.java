package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.embedded.KeptServer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every line of the documents that calls the program is run, in the order of its page, by a shell and in this process.
 * Each page has a directory with the files that the documents speak of, and stores with some days of orders. Lines that
 * cannot be run here are marked on the page ({@link DocumentPage}), with one of the reasons below.
 */
@Tag("one-jdk")
@Timeout(1_800)
class DocumentLinesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** The reasons for which lines are not run, and how many lines have each. A new line without a mark is run. */
    private static final Map<String, Integer> LEFT = new TreeMap<>(Map.of(
            "a placeholder", 2,
            "calls the launcher itself", 1,
            "has a test of its own", 2,
            "installs the program", 4,
            "needs Kestra", 1,
            "needs SQL Server", 2,
            "needs a server of one's own", 2,
            "needs a window of the Python pipeline", 9,
            "removes the program", 1));

    /** Commands that pages call and a machine may lack; their blocks are left out then. */
    private static final List<String> MAY_BE_MISSING = List.of("jq");

    /** Pages that begin with empty stores. */
    private static final List<String> FROM_NOTHING = List.of("README.md", "docs/getting-started.md");

    /** Files that come before the pages, each by a line of the shell. */
    private static final String FILES = """
            export SNAPSHOT_WORK_DIRECTORY=$PWD/work
            for day in 1 2; do
              { echo "ORDER NO,ORDER ID,NAME,CUSTOMER NAME,QTY,PRICE,WEIGHT,RATE,LOADED AT,SALARY,STATUS"
                for n in $(seq 1 40); do
                  row="A-$n,$n,name $n,customer $((n % 7)),$((n * day)),$n.50,$((n + 70)).25"
                  echo "$row,1.$((n + 1000)),2026-09-2$day,$((n * 100)),OPEN"
                done; } >day$day.csv
            done
            { cat day1.csv; echo "A-999,999,Gone,customer 9,1,1.50,1.25,1.1000,2026-09-20,1,OPEN"; } >day0.csv
            cp day1.csv orders.csv
            { echo "CUSTOMER NO,NAME,CITY"; echo "1,Anna,Oslo"; echo "2,Bob,Rome"; echo "3,Cy,Bonn"; } >customers.csv
            { head -3 customers.csv; echo "4,Di,Graz"; } >customers2.csv
            printf 'id;name;price\\n1;Anna;1.00\\n2;Bob;2.00\\n3;Cy;3.00\\n' >monday.csv
            printf 'id;name;price\\n1;Anna;1.00\\n2;Bobby;2.10\\n4;Di;4.00\\n' >tuesday.csv
            printf 'Nr;Betrag;Datum\\n1;1.234,50;31.01.2026\\n2;k.A.;\\n' >januar.csv
            printf 'Nr;Betrag;Datum\\n1;1.234,60;28.02.2026\\n2;7,00;\\n' >februar.csv
            """;

    private static final String STORES = """
            cat >snapshot.yaml <<'END'
            datasets:
              orders:
                source: {csv: orders.csv}
                key: ["ORDER NO"]
                carried: [NAME]
              customers:
                source: {csv: customers.csv}
                key: ["CUSTOMER NO"]
              trial:
                source: {csv: customers.csv}
                key: ["CUSTOMER NO"]
            END
            snapshot save trial --allow-future-date
            snapshot save trial --partition EAST --new-partition --allow-future-date
            for n in 0 1 2; do
              snapshot save orders --source day$n.csv --date 2026-09-2$((n + 5)) --allow-future-date
            done
            for n in 1 2 3 4 5 6 7; do
              snapshot save orders --source day$((n % 2 + 1)).csv --date 2026-10-0$n --allow-future-date
            done
            snapshot save orders --source day2.csv --tag release=2026-Q3 --allow-future-date
            snapshot save orders --source day1.csv --allow-future-date
            snapshot save customers --source customers.csv --tag run=nightly --date 2026-11-17 --allow-future-date
            snapshot save customers --source customers2.csv --tag run=nightly --date 2026-11-18 --allow-future-date
            snapshot save customers --source customers2.csv --allow-future-date
            printf "ORDER NO,CUSTOMER NO\\nA-999,3\\n" >request-114.csv
            snapshot export orders previous --to monday.parquet
            snapshot export orders current --to tuesday.parquet
            """;

    @TempDir
    private static Path directory;

    private static EmbeddedPostgresServer server;
    private static SnapshotCalls calls;

    @BeforeAll
    static void makeStores() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: there is no Bash to run the documents' lines");
        calls = new SnapshotCalls(Files.createDirectory(directory.resolve("outputs")));
        server = EmbeddedPostgresServer.open(settings());
        Path base = Files.createDirectory(directory.resolve("base"));
        requireDone(run(base, FILES + "snapshot list\n"));
        for (String store : List.of("kestra", "orders")) {
            server.ensureDatabase(store);
            execute("CREATE DATABASE nothing_" + store + " TEMPLATE " + store);
        }
        requireDone(run(base, STORES));
        for (String store : List.of("kestra", "orders")) {
            execute("CREATE DATABASE some_" + store + " TEMPLATE " + store);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            KeptServer.stop(settings());
            server.close();
            calls.close();
        }
    }

    private static EmbeddedPostgresSettings settings() {
        return EmbeddedPostgresSettings.in(directory.resolve("home/postgresql"));
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void requireDone(List<SnapshotCalls.Call> made) {
        made.forEach(call -> assertEquals(0, call.code(), call::toString));
        assertTrue(!made.isEmpty(), "no call was made");
    }

    /** Runs a script and returns its calls. */
    private static List<SnapshotCalls.Call> run(Path where, String script) throws IOException, InterruptedException {
        calls.take();
        Path file = Files.writeString(Files.createTempFile(directory, "script", ".sh"), script);
        Path function = Files.writeString(directory.resolve("function.sh"), SnapshotCalls.functions());
        Path said = directory.resolve("said.txt");
        ProcessBuilder bash = new ProcessBuilder("/bin/bash", file.toString())
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(said.toFile());
        Map<String, String> environment = bash.environment();
        environment.keySet().removeIf(name -> !name.equals("PATH"));
        environment.put("HOME", where.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("BASH_ENV", function.toString());
        environment.put("CALLS_PORT", Integer.toString(calls.port()));
        environment.put("SNAPSHOT_HOME", directory.resolve("home").toString());
        environment.put("SNAPSHOT_WORK_DIRECTORY", where.resolve("work").toString());
        Process process = bash.start();
        try {
            assertTrue(process.waitFor(10, TimeUnit.MINUTES), () -> "the script does not end: " + file);
        } finally {
            process.destroyForcibly();
        }
        return calls.take();
    }

    private static Set<String> missing() {
        List<String> directories = List.of(System.getenv("PATH").split(File.pathSeparator));
        return MAY_BE_MISSING.stream()
                .filter(command -> directories.stream()
                        .noneMatch(each -> Files.isExecutable(Path.of(each).resolve(command))))
                .collect(Collectors.toSet());
    }

    private static List<DocumentPage> pages() throws IOException {
        List<DocumentPage> pages = new ArrayList<>();
        Set<String> missing = missing();
        pages.add(DocumentPage.read(ROOT, ROOT.resolve("README.md"), missing));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                pages.add(DocumentPage.read(ROOT, file, missing));
            }
        }
        return pages;
    }

    @Test
    void everyLineOfTheDocumentsEndsAsItIsMarked() throws Exception {
        List<String> wrong = new ArrayList<>();
        int made = 0;
        Map<String, Integer> left = new TreeMap<>();
        for (DocumentPage page : pages()) {
            page.left().values().forEach(reason -> left.merge(reason, 1, Integer::sum));
            if (!page.expected().isEmpty()) {
                made += page.expected().size();
                wrong.addAll(run(page));
            }
        }
        System.out.println("Lines of the documents: " + made + " run; not run: " + left);
        assertEquals(List.of(), wrong, () -> String.join("\n", wrong));
        MAY_BE_MISSING.forEach(command -> left.remove(DocumentPage.lacks(command)));
        assertEquals(LEFT, left);
        assertTrue(made > 120, "only " + made + " lines were found");
    }

    private static List<String> run(DocumentPage page) throws Exception {
        String stores = FROM_NOTHING.contains(page.name()) ? "nothing_" : "some_";
        for (String store : List.of("kestra", "orders")) {
            execute("DROP DATABASE IF EXISTS " + store + " WITH (FORCE)");
            execute("CREATE DATABASE " + store + " TEMPLATE " + stores + store);
        }
        Path where = Files.createDirectory(directory.resolve(page.name().replace('/', '_')));
        copy(directory.resolve("base"), where, FROM_NOTHING.contains(page.name()));
        for (String place :
                List.of("mnt/elsewhere", "mnt/backup", "etc/snapshot", "srv/orders", ".config/fish/completions")) {
            Files.createDirectories(where.resolve(place));
        }
        return wrong(page, run(where, page.script(where)));
    }

    private static void copy(Path from, Path to, boolean withoutDefinitions) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!withoutDefinitions || !file.endsWith("snapshot.yaml")) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
    }

    private static List<String> wrong(DocumentPage page, List<SnapshotCalls.Call> made) {
        List<String> wrong = made.stream()
                .filter(SnapshotCalls.Call::isRefused)
                .map(call -> page.name() + ":" + call.line() + " " + call.err().strip())
                .collect(Collectors.toCollection(ArrayList::new));
        Map<Integer, List<SnapshotCalls.Call>> byLine =
                made.stream().collect(Collectors.groupingBy(SnapshotCalls.Call::line));
        page.expected().forEach((line, code) -> {
            List<SnapshotCalls.Call> ofLine = byLine.getOrDefault(line, List.of());
            if (ofLine.isEmpty()) {
                wrong.add(page.name() + ":" + line + " was not called");
            }
            ofLine.stream()
                    .filter(call -> call.code() != code)
                    .forEach(call -> wrong.add(page.name() + ":" + line + " " + call.arguments() + " ended with "
                            + call.code() + " instead of " + code + ": " + call.err()));
        });
        return wrong;
    }

    /** The test itself: a wrong option, a line that is not reached and a wrong mark are found. */
    @Test
    void aWrongLineIsFound() throws Exception {
        Path pages = Files.createDirectory(directory.resolve("pages"));
        Path page = Files.writeString(pages.resolve("wrong.md"), """
                # A page

                    snapshot diff monday.csv tuesday.csv --keyy id
                    exit 0
                    snapshot inspect monday.csv

                <!-- not run: a reason of its own -->

                    snapshot save nothing

                ```text
                $ ./snapshot inspect monday.csv | head -1 && snapshot help    # two calls
                Columns of monday.csv
                ```

                    no-command -r | snapshot help
                """, StandardCharsets.UTF_8);
        DocumentPage read = DocumentPage.read(pages, page, Set.of("no-command"));
        assertEquals(Map.of(3, 0, 5, 0, 12, 0), read.expected());
        assertEquals(Map.of(9, "a reason of its own", 16, DocumentPage.lacks("no-command")), read.left());
        List<String> wrong = run(read);
        assertEquals(3, wrong.size(), wrong::toString);
        assertTrue(
                wrong.get(0).startsWith("wrong.md:3 [diff, monday.csv, tuesday.csv, --keyy, id] ended with 2"),
                wrong.get(0));
        assertEquals("wrong.md:5 was not called", wrong.get(1));
        assertEquals("wrong.md:12 was not called", wrong.get(2));
    }

    /** No page may change the machine by way of a test. */
    @Test
    void aCommandThatChangesTheMachineIsRefused() throws Exception {
        Path pages = Files.createDirectory(directory.resolve("refused"));
        Path page = Files.writeString(pages.resolve("refused.md"), """
                # A page

                ```sh
                touch before
                (apt-get install ./a.deb)
                true | sudo touch after
                snapshot help
                sudo touch after
                touch after
                ```
                """, StandardCharsets.UTF_8);
        DocumentPage read = DocumentPage.read(pages, page, Set.of());
        assertEquals(
                List.of(
                        "refused.md:5 the test refuses apt-get install ./a.deb",
                        "refused.md:6 the test refuses sudo touch after",
                        "refused.md:8 the test refuses sudo touch after"),
                run(read));
        assertTrue(Files.exists(directory.resolve("refused.md/before")));
        assertTrue(Files.notExists(directory.resolve("refused.md/after")));
    }
}
