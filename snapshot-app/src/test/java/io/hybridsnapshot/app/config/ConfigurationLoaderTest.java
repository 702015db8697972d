package io.hybridsnapshot.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.cli.SnapshotProgram;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.CalendarRule;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.engine.comparison.RowJoin;
import io.hybridsnapshot.engine.expectation.Expectation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLoaderTest {
    @TempDir
    Path directory;

    private final Map<String, String> environment = new HashMap<>();

    private Configuration load(String yaml) throws IOException {
        Files.writeString(directory.resolve("snapshot.yaml"), yaml);
        return load();
    }

    private Configuration load() {
        return ConfigurationLoader.load(new ConfigurationRequest(
                Optional.empty(), Optional.empty(), directory, Optional.of(directory.resolve("user")), environment));
    }

    private String report(String yaml) {
        return assertThrows(SnapshotException.class, () -> load(yaml)).getMessage();
    }

    @Test
    void withNothingSaidBothStoresAreEmbeddedUnderTheUsersHome() {
        Configuration configuration = load();
        assertEquals(directory.resolve("user/.hybrid-snapshots"), configuration.home());
        assertEquals(directory.resolve("user/.hybrid-snapshots/work"), configuration.workDirectory());
        assertEquals(StoreSection.embedded("kestra"), configuration.archive());
        assertEquals(StoreSection.embedded("orders"), configuration.window());
        assertEquals(new RetentionSection(2, 90, CalendarRule.NONE), configuration.retention());
        assertEquals(Optional.empty(), configuration.file());
    }

    @Test
    void archivesAreKeptByTheCalendarOfAZone() throws IOException {
        environment.put("ARCHIVE_KEEP_DAILY", "14");
        Configuration configuration = load("retention: {keep-last: 3, keep-daily: 7, keep-weekly: 5, keep-monthly: 12,"
                + " keep-yearly: 10, time-zone: Europe/Berlin}");
        assertEquals(
                new RetentionSection(2, 90, new CalendarRule(3, 14, 5, 12, 10, ZoneId.of("Europe/Berlin"))),
                configuration.retention());
    }

    @Test
    void anUnknownTimeZoneNamesTheNearest() {
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> load("retention: {time-zone: Europe/Berlni}"));
        assertTrue(
                error.getMessage()
                        .contains("retention.time-zone: unknown time zone 'Europe/Berlni' (did you mean"
                                + " 'Europe/Berlin'?)"),
                error.getMessage());
    }

    @Test
    void anEmptyFileSaysNothing() throws IOException {
        assertEquals(StoreSection.embedded("kestra"), load("# nothing yet\n").archive());
        assertEquals(Map.of(), load("datasets:\n").datasets());
    }

    @Test
    void theEnvironmentWinsOverTheFile() throws IOException {
        environment.put("ARCHIVE_RETENTION_DAYS", "7");
        environment.put("SNAPSHOT_KEEP_COUNT", "");
        Configuration configuration = load("retention: {keep-days: 30, keep-count: 5}");
        assertEquals(new RetentionSection(5, 7, CalendarRule.NONE), configuration.retention());
        assertTrue(configuration
                .settings()
                .contains(new Setting("retention.keep-days", "7", "environment variable ARCHIVE_RETENTION_DAYS")));
        assertTrue(configuration.settings().contains(new Setting("retention.keep-count", "5", "snapshot.yaml:1")));
    }

    @Test
    void thePlaceOfAJoinIsOneOfTwo() throws IOException {
        assertEquals(RowJoin.DEFAULT, load().detectJoin());
        assertEquals(RowJoin.DATABASE, load("detect: {join: database}").detectJoin());
        environment.put("SNAPSHOT_DETECT_JOIN", "stream");
        assertEquals(RowJoin.STREAM, load("detect: {join: database}").detectJoin());
        environment.put("SNAPSHOT_DETECT_JOIN", "here");
        SnapshotException error = assertThrows(SnapshotException.class, () -> load());
        assertTrue(
                error.getMessage().contains("detect.join: found 'here', expected stream or database"),
                error.getMessage());
    }

    @Test
    void anArchiveOnAServerHasItsWindowBesideIt() {
        environment.put("KESTRA_POSTGRES_HOST", "db");
        environment.put("KESTRA_POSTGRES_USER", "kestra");
        environment.put("KESTRA_POSTGRES_PASSWORD", "pw");
        ServerSection server =
                new ServerSection(ServerType.POSTGRESQL, "db", 5432, "kestra", "kestra", new Secret("pw"), Map.of());
        assertEquals(StoreSection.on(server), load().archive());
        assertEquals(StoreSection.on(server), load().window());
        environment.put("SNAPSHOT_WINDOW_POSTGRES_DB", "window");
        assertEquals(StoreSection.on(server.withDatabase("window")), load().window());
        environment.put("SNAPSHOT_WINDOW_POSTGRES_HOST", "other");
        environment.put("SNAPSHOT_WINDOW_POSTGRES_PORT", "5433");
        environment.put("SNAPSHOT_WINDOW_POSTGRES_USER", "me");
        environment.remove("SNAPSHOT_WINDOW_POSTGRES_DB");
        assertEquals(
                StoreSection.on(
                        new ServerSection(ServerType.POSTGRESQL, "other", 5433, "orders", "me", Secret.NONE, Map.of())),
                load().window());
    }

    @Test
    void passwordsComeFromFilesOfTheirOwnOrTheEnvironment() throws IOException {
        Files.writeString(directory.resolve("pw"), "s3cret \n");
        environment.put("MY_PASSWORD", "other");
        String yaml = "archive: {postgres: {host: db, user: me, %s}}";
        assertEquals("s3cret ", password(load(yaml.formatted("password-file: pw"))));
        assertEquals("other", password(load(yaml.formatted("password-env: MY_PASSWORD"))));
        environment.put("KESTRA_POSTGRES_PASSWORD_FILE", directory.resolve("pw").toString());
        assertEquals("s3cret ", password(load(yaml.formatted("password-env: MY_PASSWORD"))));
        environment.put("KESTRA_POSTGRES_PASSWORD", "hunter2");
        Configuration configuration = load(yaml.formatted("password-env: MY_PASSWORD"));
        assertEquals("hunter2", password(configuration));
        assertFalse(configuration.toString().contains("hunter2"), configuration.toString());
    }

    private static String password(Configuration configuration) {
        return configuration.archive().server().orElseThrow().password().value();
    }

    @Test
    void aDatasetIsReadWithAllItsParts() throws IOException {
        Configuration configuration = load("""
                datasets:
                  orders:
                    source: {csv: data/orders.csv}
                    key: ["ORDER NO", LINE]
                    carried: NAME
                    partition-column: CUSTOMER
                    hash-rules: {NAME: trim, PRICE: [scale 2]}
                    types: {PRICE: "decimal(10,2)", "*": text}
                    csv: {separator: tab, quote: "'", empty: unquoted-null}
                    keep-count: 3
                    max-deleted-share: 0.1
                    source-database: ERP
                  rates:
                    source:
                      query: select 1 as id
                      postgres: {host: db, database: erp, user: me}
                    key: id
                    csv: {empty: null}
                """);
        DatasetSection orders = configuration.datasets().get("orders");
        assertEquals(Optional.of(new SourceSection.Csv(directory.resolve("data/orders.csv"))), orders.source());
        assertEquals(List.of("ORDER NO", "LINE"), orders.key());
        assertEquals(List.of("NAME"), orders.carried());
        assertEquals(Map.of("PRICE", ColumnType.decimal(10, 2)), orders.types());
        assertEquals(Optional.of(ColumnType.TEXT), orders.defaultType());
        assertEquals(ColumnRules.parse(List.of("trim")), orders.hashRules().get("NAME"));
        assertEquals(
                new CsvSection(Optional.of('\t'), Optional.of('\''), Optional.of(CsvSection.EmptyCell.UNQUOTED_NULL)),
                orders.csv());
        assertEquals(3, orders.dataset("orders", 2).keepCount());
        assertEquals("ERP", orders.dataset("orders", 2).sourceDatabase());
        SourceSection.Query query = (SourceSection.Query)
                configuration.datasets().get("rates").source().orElseThrow();
        assertEquals("erp", query.server().orElseThrow().database());
        assertEquals(
                Optional.of(CsvSection.EmptyCell.NULL),
                configuration.datasets().get("rates").csv().empty());
    }

    @Test
    void aDatasetMayBeStoredUnderAnotherName() throws IOException {
        Configuration configuration = load("""
                datasets:
                  orders: {key: ID, stored-as: orders_unified}
                  same: {key: ID, stored-as: same}
                """);
        DatasetSection orders = configuration.datasets().get("orders");
        assertEquals("orders_unified", orders.dataset("orders", 2).name());
        assertEquals(
                "same", configuration.datasets().get("same").dataset("same", 2).name());
    }

    @Test
    void expectationsAreTextsOrSections() throws IOException {
        Configuration configuration = load("""
                datasets:
                  one: {key: ID, expect: changed <= 5%}
                  none: {key: ID, expect: null}
                  more:
                    key: ID
                    expect:
                      - 'column A: B changed <= 1%'
                      - {rule: new <= 10%, otherwise: warn}
                      - rule: new-columns none otherwise warn
                        otherwise: refuse
                """);
        assertEquals(List.of("changed <= 5%"), expectations(configuration, "one"));
        assertEquals(List.of(), expectations(configuration, "none"));
        assertEquals(
                List.of("column A: B changed <= 1%", "new <= 10% otherwise warn", "new-columns none"),
                expectations(configuration, "more"));
    }

    private static List<String> expectations(Configuration configuration, String dataset) {
        return configuration.datasets().get(dataset).expectations().stream()
                .map(Expectation::text)
                .toList();
    }

    @Test
    void everyWrongExpectationIsReportedAtItsPlace() {
        String report = report("""
                datasets:
                  a:
                    key: ID
                    expect:
                      - changed <= five
                      - {otherwise: warn}
                      - {rule: new <= 1, otherwise: maybe}
                      - {rule: new <= 1, severity: warn}
                      - [new <= 1]
                  b: {key: ID, expect: }
                """);
        assertTrue(report.startsWith("the configuration has 6 problems:"), report);
        for (String problem : List.of(
                "snapshot.yaml:5: an expectation cannot be read ('changed <= five'): found '<= five', expected one of",
                "snapshot.yaml:6: datasets.a.expect.rule is missing",
                "snapshot.yaml:7: datasets.a.expect.otherwise: found 'maybe', expected refuse or warn",
                "snapshot.yaml:8: unknown key 'datasets.a.expect.severity'",
                "snapshot.yaml:9: 'datasets.a.expect' has to be a list of texts and sections",
                "snapshot.yaml:10: 'datasets.b.expect' has no value")) {
            assertTrue(report.contains("\n  " + problem), report);
        }
    }

    @Test
    void aStoredNameStandsForOneDataset() {
        assertEquals("""
                the configuration has 3 problems:
                  snapshot.yaml:5: datasets.d.stored-as: found 'two words', expected the name of a dataset: up to 100 \
                letters, digits and underscores, no digit first
                  snapshot.yaml:3: datasets.b.stored-as: found 'A', which is the name of dataset 'a' \
                (snapshot.yaml:2); expected a name that stands for this dataset alone, in any case
                  snapshot.yaml:6: datasets.e.stored-as: found 'OLD', which is 'stored-as' of dataset 'c' \
                (snapshot.yaml:4); expected a name that stands for this dataset alone, in any case""", report("""
                datasets:
                  a: {key: ID}
                  b: {key: ID, stored-as: A}
                  c: {key: ID, stored-as: old}
                  d: {key: ID, stored-as: two words}
                  e: {key: ID, stored-as: OLD}
                """));
    }

    @Test
    void filesOfAllFormsAreSources() throws IOException {
        Configuration configuration = load("""
                datasets:
                  lines: {source: {jsonl: a.jsonl.zst}, key: id}
                  sheet: {source: {excel: b.xlsx, sheet: 2024}, key: id}
                  first: {source: {excel: b.xlsx}, key: id, types: {id: text}}
                  bare: {source: {csv: c.csv}, key: column1, csv: {header: no}}
                """);
        assertEquals(
                Optional.of(new SourceSection.JsonLines(directory.resolve("a.jsonl.zst"))),
                configuration.datasets().get("lines").source());
        assertEquals(
                Optional.of(new SourceSection.Excel(directory.resolve("b.xlsx"), Optional.of("2024"))),
                configuration.datasets().get("sheet").source());
        assertEquals(
                Optional.of(new SourceSection.Excel(directory.resolve("b.xlsx"), Optional.empty())),
                configuration.datasets().get("first").source());
        assertEquals(
                Optional.of(CsvSection.Header.NO),
                configuration.datasets().get("bare").csv().header());
        assertEquals(
                "the configuration is wrong: snapshot.yaml:2: datasets.a.source.sheet: expected excel beside it",
                report("datasets:\n  a: {source: {csv: b.csv, sheet: S}, key: id}\n"));
    }

    @Test
    void aKeyWithoutAValueIsNoSettingThatIsOff() {
        assertEquals("""
                the configuration has 3 problems:
                  snapshot.yaml:1: 'home' has no value; give it one, or remove the key ('~' is none in YAML)
                  snapshot.yaml:4: 'archive.postgres.host' has no value; give it one, or remove the key
                  snapshot.yaml:6: 'encryption.key-file' has no value; give it one, or remove the key\
                """, report("""
                home: ~
                archive:
                  postgres:
                    host:
                encryption:
                  key-file:
                """));
    }

    @Test
    void aSectionWithoutKeysAndAWrittenNullAreNotThere() throws IOException {
        Configuration configuration = load("retention:\ndatasets:\nhome: null\n");
        assertEquals(directory.resolve("user/.hybrid-snapshots"), configuration.home());
    }

    @Test
    void aFileThatCannotBeReadIsToldFromOneThatIsNotYaml() throws IOException {
        Path file = directory.resolve("snapshot.yaml");
        Files.write(file, "home: M\u00fcller".getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(refusal().contains("found bytes that are not UTF-8"), refusal());
        Files.writeString(file, "- a\n");
        assertTrue(refusal().contains("found a file without keys"), refusal());
        Files.writeString(file, "a: b\n---\nc: d\n");
        assertTrue(refusal().contains("found another document"), refusal());
        Files.writeString(file, "a:\n\tb: c\n");
        assertTrue(refusal().contains("found character '\\t"), refusal());
        assertFalse(refusal().contains("found found"), refusal());
        Files.delete(file);
        Files.createDirectory(file);
        assertTrue(refusal().startsWith("the configuration file is a directory"), refusal());
    }

    private String refusal() {
        SnapshotException error = assertThrows(SnapshotException.class, this::load);
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        return error.getMessage();
    }

    @Test
    void everythingThatIsWrongIsReportedAtOnceWithItsLine() {
        environment.put("KESTRA_POSTGRES_PORT", "many");
        environment.put("KESTRA_POSTGRES_HOST", "db");
        environment.put("SNAPSHOT_SQLSERVER_HSOT", "mssql");
        String report = report("""
                retentoin: {keep-days: 1}
                retention:
                  keep-days: -1
                  keep-count: two
                archive:
                  postgres:
                    password: hunter2
                parquet: {compression: zst, compatibility: sparc}
                datasets:
                  orders:
                    source: {csv: a.csv, parquet: b.parquet}
                    key: [ID, ID]
                    kee-count: 3
                    types: {QTY: number}
                    hash-rules: {QTY: round}
                  "two words": {key: ID}
                  empty: {csv: {separator: "::"}, max-deleted-share: lots}
                """);
        assertEquals("""
                the configuration has 17 problems:
                  snapshot.yaml:7: a password does not belong in this file; use 'archive.postgres.password-file', \
                'archive.postgres.password-env', KESTRA_POSTGRES_PASSWORD or KESTRA_POSTGRES_PASSWORD_FILE
                  environment variable KESTRA_POSTGRES_HOST: archive.postgres.user is missing (or KESTRA_POSTGRES_USER)
                  environment variable KESTRA_POSTGRES_PORT: archive.postgres.port: found 'many', expected a whole \
                number from 1 to 65535
                  environment variable SNAPSHOT_SQLSERVER_HSOT: unknown variable (did you mean \
                'SNAPSHOT_SQLSERVER_HOST'?)
                  snapshot.yaml:3: retention.keep-days: found '-1', expected a whole number from 0 to 36500
                  snapshot.yaml:4: retention.keep-count: found 'two', expected a whole number from 1 to 10000
                  snapshot.yaml:8: unknown compression 'zst' (did you mean 'zstd'?)
                  snapshot.yaml:8: unknown compatibility 'sparc' (did you mean 'spark'?)
                  snapshot.yaml:14: not a column type: found 'number', expected one of boolean, int8, int16, int32, \
                int64, decimal(p,s), float32, float64, text, binary, date, time(p), timestamp(p), instant(p), uuid
                  snapshot.yaml:11: datasets.orders.source.csv, jsonl, excel, parquet and query: expected one of \
                them
                  snapshot.yaml:15: not a hash rule: found 'round', expected ignore, trim, empty-as-null, scale N, \
                precision micros or precision millis
                  snapshot.yaml:13: unknown key 'datasets.orders.kee-count' (did you mean 'keep-count'?)
                  snapshot.yaml:11: dataset 'orders' names a key column twice: found 'ID', expected it once; correct \
                the dataset's definition
                  snapshot.yaml:16: not a dataset name: found 'two words', expected up to 100 letters, digits and \
                underscores, no digit first; correct the dataset's definition
                  snapshot.yaml:17: datasets.empty.csv.separator: found '::', expected one character, tab or space
                  snapshot.yaml:17: datasets.empty.max-deleted-share: found 'lots', expected a number
                  snapshot.yaml:1: unknown key 'retentoin' (did you mean 'retention'?)""", report);
    }

    @Test
    void aSpellingThatDoesNotFitIsAProblemOfItsLine() throws IOException {
        String report = report("""
                datasets:
                  orders:
                    key: ID
                    csv: {date-format: dd.MM}
                """);
        assertTrue(report.contains("snapshot.yaml:4"), report);
        assertTrue(report.contains("such as dd.MM.yyyy"), report);
        report = report("datasets: {orders: {key: ID, csv: {thousands: ',', decimal: ','}}}");
        assertTrue(report.contains("the thousands separator is the decimal separator"), report);
        report = report("datasets: {orders: {key: ID, csv: {nulls: NULL}}}");
        assertTrue(report.contains("'datasets.orders.csv.nulls' names no text"), report);
        assertEquals(
                Set.of("NULL", "-"),
                load("datasets: {orders: {key: ID, csv: {nulls: [NULL, '-']}}}")
                        .datasets()
                        .get("orders")
                        .csv()
                        .spelling()
                        .nulls());
    }

    @Test
    void namesThatDifferInCaseAloneAreNotTwoDatasets() {
        assertEquals(
                "the configuration is wrong: snapshot.yaml:3: datasets 'orders' (snapshot.yaml:2) and 'Orders'"
                        + " differ in case alone; rename one of them",
                report("datasets:\n  orders: {key: ID}\n  Orders: {key: ID}\n"));
    }

    @Test
    void theExampleIsReadAsItIsAndWithAllSettingsOn() throws IOException {
        String example;
        try (InputStream text = SnapshotProgram.class.getResourceAsStream("command/example.yaml")) {
            example = new String(text.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertEquals(Map.of(), load(example).datasets());
        environment.put("ARCHIVE_PASSWORD", "a");
        environment.put("WINDOW_PASSWORD", "b");
        Configuration all = load(example.replaceAll("(?m)^#(?! )|^#(?=  )", ""));
        assertEquals(Set.of("orders"), all.datasets().keySet());
        assertEquals(
                Optional.of("dd.MM.yyyy"),
                all.datasets().get("orders").csv().spelling().dateFormat());
        // Every section of the file is in the example.
        for (String section : List.of(
                "home",
                "work-directory",
                "archive",
                "window",
                "retention",
                "detect",
                "parquet",
                "encryption",
                "server",
                "datasets")) {
            assertTrue(example.contains("\n#" + section + ":"), section);
        }
    }

    @Test
    void oneProblemIsOneLine() {
        assertEquals(
                "the configuration is wrong: snapshot.yaml:2: unknown key 'retention.keep' (known keys:"
                        + " keep-count, keep-daily, keep-days, keep-last, keep-monthly, keep-weekly,"
                        + " keep-yearly, time-zone)",
                report("retention:\n  keep: 3\n"));
        assertEquals(
                "the configuration is wrong: snapshot.yaml:1: archive.postgres.host is missing (or"
                        + " KESTRA_POSTGRES_HOST); without a host the embedded PostgreSQL is used, which needs"
                        + " none of this",
                report("archive: {postgres: {port: 5433}}"));
    }

    @Test
    void aFileThatIsNoYamlIsNamedWithItsLine() {
        assertTrue(
                report("retention:\n  keep-days: [1\n").contains("snapshot.yaml:3"),
                report("retention:\n  keep-days: [1\n"));
        assertTrue(report("- a\n- b\n").contains("found a file without keys"));
        assertTrue(report("a: 1\na: 2\n").contains("'a' stands twice"));
    }

    @Test
    void aNamedFileHasToBeThere() {
        environment.put("SNAPSHOT_CONFIG", "other.yaml");
        SnapshotException missing = assertThrows(SnapshotException.class, this::load);
        assertTrue(missing.getMessage().contains("other.yaml"), missing.getMessage());
    }

    private Configuration loadWithoutUserHome(Optional<Path> home) {
        return ConfigurationLoader.load(
                new ConfigurationRequest(Optional.empty(), home, directory, Optional.empty(), environment));
    }

    @Test
    void withoutAHomeDirectoryOfTheUserTheProgramAsksForOne() throws IOException {
        String report = assertThrows(SnapshotException.class, () -> loadWithoutUserHome(Optional.empty()))
                .getMessage();
        assertTrue(report.contains("no home directory of the user is known"), report);
        assertTrue(report.contains("--home DIRECTORY or SNAPSHOT_HOME, or set HOME"), report);
        assertEquals(
                directory.resolve("data"),
                loadWithoutUserHome(Optional.of(Path.of("data"))).home());
        Files.writeString(directory.resolve("snapshot.yaml"), """
                work-directory: ~/work
                datasets: {orders: {key: ID, source: {csv: ~/orders.csv}}}
                """);
        report = assertThrows(SnapshotException.class, () -> loadWithoutUserHome(Optional.of(Path.of("data"))))
                .getMessage();
        assertTrue(report.contains("snapshot.yaml:1: work-directory: found '~/work', but no home directory"), report);
        assertTrue(report.contains("source.csv: found '~/orders.csv', but no home directory"), report);
    }

    @Test
    void whereNothingIsKeptInAHomeNoneIsNeeded() {
        environment.put("KESTRA_POSTGRES_HOST", "pg");
        environment.put("KESTRA_POSTGRES_USER", "me");
        assertThrows(SnapshotException.class, () -> loadWithoutUserHome(Optional.empty()));
        environment.put("SNAPSHOT_WORK_DIRECTORY", "work");
        assertEquals(
                directory.resolve("work"), loadWithoutUserHome(Optional.empty()).workDirectory());
    }

    @Test
    void aSourceBelowTheUsersHomeIsFoundThere() throws IOException {
        Configuration configuration = load("datasets: {orders: {key: ID, source: {csv: ~/orders.csv}}}");
        assertEquals(
                Optional.of(new SourceSection.Csv(directory.resolve("user/orders.csv"))),
                configuration.datasets().get("orders").source());
    }

    @Test
    void aVariableThatLostCharactersIsRefusedAndNotShown() {
        environment.put("SNAPSHOT_WORK_DIRECTORY", "/data/Z\uFFFD\uFFFDrich");
        environment.put("KESTRA_POSTGRES_HOST", "pg");
        environment.put("KESTRA_POSTGRES_USER", "me");
        environment.put("KESTRA_POSTGRES_PASSWORD", "s3cr\uFFFDt");
        String report = assertThrows(SnapshotException.class, this::load).getMessage();
        assertTrue(report.startsWith("the configuration has 2 problems:\n"), report);
        assertTrue(report.contains("environment variable KESTRA_POSTGRES_PASSWORD: characters were lost"), report);
        assertTrue(report.contains("set LC_ALL=C.UTF-8"), report);
        assertFalse(report.contains("s3cr"), report);
        environment.put("SNAPSHOT_CONFIG", "Z\uFFFDrich.yaml");
        assertTrue(assertThrows(SnapshotException.class, this::load)
                .getMessage()
                .startsWith("a variable has characters that were lost (environment variable SNAPSHOT_CONFIG)"));
    }
}
