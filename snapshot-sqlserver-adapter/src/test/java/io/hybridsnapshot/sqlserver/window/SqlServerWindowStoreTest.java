package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import io.hybridsnapshot.testkit.data.HashedRows;
import io.hybridsnapshot.testkit.data.NumberedRows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The particular features of the window on SQL Server: the statements of earlier programs, their rows, locks, rights
 * and scripts.
 */
@Tag(TestSqlServer.TAG)
@Timeout(120)
class SqlServerWindowStoreTest {
    private static final Dataset ORDERS = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid"))
            .withCarriedColumns(List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE"));

    /** The statements of the existing readers and writers as the storage contract quotes them. */
    private static final String EXISTING_READ = "SELECT record_uuid, row_hash, [AAG ORDER NUMBER], [CUSTOMER NAME],"
            + " [CUSTOMER STYLE], snapshot_date FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE 1=1 AND [CUSTOMER NAME]"
            + " = 'GREYSON' ORDER BY snapshot_date DESC";

    private static final String EXISTING_DELETE = "DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE customer_filter = ?";

    private static final String EXISTING_INSERT = "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash,"
            + " [AAG ORDER NUMBER], [CUSTOMER NAME], [CUSTOMER STYLE], snapshot_date, customer_filter)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)";

    private static final String EXISTING_LINK =
            "UPDATE dbo.ORDERS_UNIFIED_SNAPSHOT SET parquet_archive_id = ? WHERE batch_id = ?";

    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    private static SqlServerSettings settings;
    private static Sql sql;
    private static SqlServerWindowStore store;

    /** Whether the tables are still as the scripts make them. */
    private static boolean shapedAsMade;

    @BeforeAll
    static void connect() {
        settings = SERVER.database();
        sql = new Sql(settings);
        store = new SqlServerWindowStore(SqlServerWindowSettings.of(settings));
    }

    @BeforeEach
    void empty() {
        if (!shapedAsMade) {
            sql.execute("DROP VIEW IF EXISTS dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY");
            sql.execute("DROP TABLE IF EXISTS dbo.ORDERS_UNIFIED_SNAPSHOT, dbo.ORDERS_UNIFIED_SNAPSHOT_VERSION,"
                    + " dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING");
            TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
            shapedAsMade = true;
        }
        sql.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT; DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT_VERSION;"
                + " DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING; DELETE FROM dbo.SNAPSHOT_LEDGER;"
                + " DELETE FROM dbo.SNAPSHOT_WRITER");
        store.prepare(ORDERS);
    }

    @Test
    void existingReadersFindTheCurrentSnapshotOnce() throws SQLException {
        NumberedRows rows = NumberedRows.of(1, 20);
        save(rows, 1);
        WindowSnapshot second = save(rows.with(3, 99), 2);
        assertEquals(20, sql.rows(EXISTING_READ).size());
        assertEquals(
                List.of("00000000-0000-0003-8000-000000000003|"
                        + rows.with(3, 99).hex(3) + "|JOO-00003|GREYSON|null|2026-03-02 06:00:00.000001"),
                sql.rows("SELECT LOWER(CONVERT(NVARCHAR(36), record_uuid)), row_hash, [AAG ORDER NUMBER],"
                        + " [CUSTOMER NAME], [CUSTOMER STYLE], CONVERT(NVARCHAR(26), snapshot_date,"
                        + " 121) FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE [AAG ORDER NUMBER] = 'JOO-00003'"));
        try (SqlServerSession session = SqlServerSession.open(settings, "test");
                PreparedStatement link = session.connection().prepareStatement(EXISTING_LINK)) {
            link.setLong(1, 77);
            link.setObject(2, second.id().orElseThrow().value().toString());
            assertEquals(20, link.executeUpdate());
        }
    }

    @Test
    void aForeignSnapshotIsReportedComparedReadAndRetired() throws SQLException {
        NumberedRows ours = NumberedRows.of(2, 10);
        save(ours, 1);
        NumberedRows foreign = ours.with(2, 50).with(7, 51);
        writeAsThePipelineDoes(foreign);

        WindowSnapshot current = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(current.isForeign());
        assertEquals(10, current.rowCount());
        assertEquals(Instant.parse("2026-03-01T12:00:00Z"), current.date());
        assertEquals(Optional.empty(), current.hashSpecId());
        assertEquals(List.of(current), store.snapshots(ORDERS, Optional.empty()));
        assertEquals(foreign.byIdentity(), read(current));

        NumberedRows next = foreign.with(4, 60);
        try (WindowProbe probe = store.openProbe(ORDERS, Partition.ALL)) {
            probe.add(next.hashes());
            assertEquals(new DeltaSummary(0, 1, 9, 0), probe.delta().summary());
            assertEquals(Optional.of(current), probe.current());
        }
        WindowSnapshot published = save(next, 2);
        List<WindowSnapshot> visible = store.snapshots(ORDERS, Optional.empty());
        assertEquals(List.of(published, visible.get(1)), visible);
        WindowSnapshot retired = visible.get(1);
        assertEquals(SnapshotState.PREVIOUS, retired.state());
        assertEquals(current.date(), retired.date());
        assertEquals(Optional.empty(), retired.hashSpecId());
        assertEquals(foreign.byIdentity(), read(retired));
        assertEquals(
                List.of("2"),
                sql.rows("SELECT COUNT(*) FROM dbo.SNAPSHOT_LEDGER WHERE state IN ('CURRENT', 'PREVIOUS')"));
        assertEquals(
                Kind.CONFLICT,
                assertThrows(SnapshotException.class, () -> read(current)).kind());

        save(next, 3);
        assertEquals(2, store.snapshots(ORDERS, Optional.empty()).size());
        assertEquals(List.of("10"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
    }

    @Test
    void rowsThatSomebodyAddedMakeTheSnapshotForeignAndRemovedOnesIncomplete() {
        NumberedRows ours = NumberedRows.of(3, 10);
        save(ours, 1);
        sql.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE [AAG ORDER NUMBER] = 'JOO-00004'");
        assertEquals(
                SnapshotState.INCOMPLETE,
                store.findCurrent(ORDERS, Partition.ALL).orElseThrow().state());
        WindowSnapshot second = save(ours, 2);
        assertEquals(Optional.of(second), store.findCurrent(ORDERS, Partition.ALL));
        sql.execute("INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER])"
                + " VALUES (NEWID(), 'x', 'JOO')");
        WindowSnapshot mixed = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertTrue(mixed.isForeign());
        assertEquals(11, mixed.rowCount());
        assertEquals(11, read(mixed).size());
        sql.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT");
        assertEquals(
                SnapshotState.INCOMPLETE,
                store.findCurrent(ORDERS, Partition.ALL).orElseThrow().state());
        assertEquals(10, save(ours, 3).rowCount());
    }

    @Test
    void aWriterIsStoppedByItsFenceEvenIfItsSessionLives() {
        NumberedRows rows = NumberedRows.of(5, 5);
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer("fenced")) {
            rows.seal(writer, id, 1);
            sql.execute("UPDATE dbo.SNAPSHOT_WRITER SET fence = fence + 1");
            for (Runnable write : List.<Runnable>of(
                    () -> writer.publish(id, Optional.empty(), 2),
                    () -> writer.discard(id),
                    () -> rows.seal(writer, SnapshotId.random(), 2))) {
                SnapshotException error = assertThrows(SnapshotException.class, write::run);
                assertEquals(Kind.CONFLICT, error.kind());
                assertTrue(error.getMessage().contains("lost its lock"), error.getMessage());
            }
        }
        assertEquals(Optional.empty(), store.findCurrent(ORDERS, Partition.ALL));
    }

    @Test
    void theHolderOfALockIsNamedWithItsTime() {
        try (WindowWriter first = writer("save@host (pid 4711)")) {
            assertEquals(Optional.empty(), first.current());
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> store.openWriter(ORDERS, Partition.ALL, new WriterRequest("other", Duration.ofMillis(50))));
            assertEquals(Kind.CONFLICT, error.kind());
            assertTrue(
                    error.getMessage().matches(".*save@host \\(pid 4711\\) since 20\\d\\d-\\d\\d-\\d\\dT.*Z.*"),
                    error.getMessage());
        }
    }

    @Test
    void publishWaitsForAForeignWriterAndTakesItsRowsIntoAccount() throws Exception {
        NumberedRows rows = NumberedRows.of(6, 10);
        save(rows, 1);
        SnapshotId id = SnapshotId.random();
        ExecutorService background = Executors.newSingleThreadExecutor();
        try (WindowWriter writer = writer("waiting");
                SqlServerSession foreign = SqlServerSession.open(settings, "test")) {
            rows.seal(writer, id, 2);
            foreign.begin("testing");
            Sql.execute(
                    foreign,
                    "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER])"
                            + " VALUES (NEWID(), 'x', 'JOO')");
            Future<WindowSnapshot> publishing = background.submit(() -> writer.publish(id, Optional.empty(), 2));
            assertThrows(TimeoutException.class, () -> publishing.get(300, TimeUnit.MILLISECONDS));
            foreign.commit("testing");
            assertEquals(10, publishing.get(30, TimeUnit.SECONDS).rowCount());
        } finally {
            background.shutdownNow();
        }
        assertEquals(List.of("11"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
        assertEquals(List.of("10"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void aStatementOfAReaderSeesAllOfASwapOrNothing() throws Exception {
        save(NumberedRows.of(20, 400), 1);
        ExecutorService background = Executors.newSingleThreadExecutor();
        try {
            Future<Object> writing = background.submit(() -> {
                for (int day = 2; day <= 8; day++) {
                    save(NumberedRows.of(20, 400 - 10 * day), day);
                }
                return null;
            });
            do {
                List<String> seen = sql.rows("SELECT COUNT(*), MIN(records_count), MAX(records_count),"
                        + " COUNT(DISTINCT batch_id) FROM dbo.ORDERS_UNIFIED_SNAPSHOT");
                String[] values = seen.get(0).split("\\|");
                assertEquals(List.of(values[0], values[0], "1"), List.of(values[1], values[2], values[3]));
            } while (!writing.isDone());
            writing.get(60, TimeUnit.SECONDS);
        } finally {
            background.shutdownNow();
        }
    }

    @Test
    void rowsThatDidNotChangeKeepTheirTextsAndTellWhoseTheyAre() {
        NumberedRows rows = NumberedRows.of(21, 6);
        save(rows, 1);
        WindowSnapshot second = save(rows.with(2, 5), 2);
        assertEquals(
                List.of("6|6|6|6"),
                sql.rows(
                        "SELECT COUNT(*), COUNT([AAG ORDER NUMBER]), COUNT([CUSTOMER NAME]),"
                                + " SUM(CASE WHEN batch_id = ? AND records_count = 6 THEN 1 ELSE 0 END)"
                                + " FROM dbo.ORDERS_UNIFIED_SNAPSHOT",
                        second.id().orElseThrow().toString()));
        assertEquals(rows.with(2, 5).byIdentity(), read(second));
        assertEquals(List.of("0"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING"));
    }

    @Test
    void textsAreWrittenAnewWhereTheHashDoesNotTellThem() {
        NumberedRows rows = NumberedRows.of(22, 4).named("OLD");
        save(rows, 1);
        sql.execute("UPDATE dbo.SNAPSHOT_LEDGER SET hash_spec_id = 'another'");
        save(NumberedRows.of(22, 4).named("NEW"), 2);
        assertEquals(List.of("NEW"), sql.rows("SELECT DISTINCT [AAG ORDER NUMBER] FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void columnsThatAreNoLongerCarriedDoNotKeepTextsOfEarlierSnapshots() {
        shapedAsMade = false;
        sql.execute("ALTER TABLE dbo.ORDERS_UNIFIED_SNAPSHOT ADD note NVARCHAR(20) NULL DEFAULT 'none';"
                + " ALTER TABLE dbo.ORDERS_UNIFIED_SNAPSHOT ADD hash_length AS LEN(row_hash)");
        save(NumberedRows.of(13, 3), 1);
        sql.execute("UPDATE dbo.ORDERS_UNIFIED_SNAPSHOT SET note = 'mine'");
        Dataset fewer = ORDERS.withCarriedColumns(List.of("AAG ORDER NUMBER"));
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(fewer, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)))) {
            NumberedRows.of(13, 4).seal(writer, id, 2);
            writer.publish(id, Optional.empty(), 2);
        }
        assertEquals(
                List.of("4|4|0|4"),
                sql.rows("SELECT COUNT(*), COUNT([AAG ORDER NUMBER]), COUNT([CUSTOMER NAME]),"
                        + " SUM(CASE WHEN note = 'none' THEN 1 ELSE 0 END) FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void aTextTooLongForItsColumnIsRefusedBeforeAnythingIsVisible() {
        SnapshotException error = assertThrows(
                SnapshotException.class, () -> save(NumberedRows.of(8, 1).named("x".repeat(256)), 1));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("column 'AAG ORDER NUMBER'"), error.getMessage());
        assertTrue(error.getMessage().contains("256 characters"), error.getMessage());
        save(NumberedRows.of(8, 1).named("x".repeat(255)), 2);
    }

    @Test
    void loneSurrogatesAreKept() {
        save(NumberedRows.of(7, 1).named("a\uD800c"), 1);
        assertEquals(List.of("a\uD800c"), sql.rows("SELECT [AAG ORDER NUMBER] FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void nulCharactersAreKept() {
        save(NumberedRows.of(7, 1).named("a\0c"), 1);
        assertEquals(List.of("a\0c"), sql.rows("SELECT [AAG ORDER NUMBER] FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void twoStagedRowsOfOneIdentityAreNeverPublished() {
        NumberedRows rows = NumberedRows.of(14, 5);
        for (int day = 1; day <= 2; day++) {
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer("twice")) {
                rows.seal(writer, id, day);
                sql.execute("UPDATE dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING SET record_uuid = CONVERT(BINARY(16),"
                        + " CONVERT(UNIQUEIDENTIFIER, '00000000-0000-0003-8000-000000000003')) WHERE record_uuid ="
                        + " CONVERT(BINARY(16), CONVERT(UNIQUEIDENTIFIER, '00000000-0000-0004-8000-000000000004'))");
                SnapshotException error =
                        assertThrows(SnapshotException.class, () -> writer.publish(id, Optional.empty(), 2));
                assertEquals(Kind.CORRUPT, error.kind(), error.getMessage());
                writer.discard(id);
            }
            assertEquals(day - 1, store.snapshots(ORDERS, Optional.empty()).size());
            if (day == 1) {
                save(rows, 1);
            }
        }
    }

    @Test
    void stagedRowsOfAPublishedSnapshotAreSweptByTheNextWriter() {
        NumberedRows rows = NumberedRows.of(15, 5);
        WindowSnapshot published = save(rows, 1);
        sql.execute(
                "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING (batch_id, record_uuid, row_hash, [AAG ORDER NUMBER])"
                        + " SELECT CONVERT(BINARY(16), batch_id), CONVERT(BINARY(16), record_uuid), row_hash,"
                        + " [AAG ORDER NUMBER] FROM dbo.ORDERS_UNIFIED_SNAPSHOT");
        writer("sweeping").close();
        assertEquals(List.of("0"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING"));
        assertEquals(rows.byIdentity(), read(published));
    }

    @Test
    void aPartitionWhoseNameEndsWithABlankIsRefused() {
        Partition blank = new Partition("GREYSON ");
        for (Runnable call : List.<Runnable>of(
                () -> store.openWriter(ORDERS, blank, new WriterRequest("test", Duration.ZERO)),
                () -> store.findCurrent(ORDERS, blank),
                () -> store.openProbe(ORDERS, blank))) {
            SnapshotException error = assertThrows(SnapshotException.class, call::run);
            assertEquals(Kind.INVALID_REQUEST, error.kind());
        }
    }

    @Test
    void aTableOfTheFoundingShapeIsRekeyedWithItsRows() throws SQLException {
        shapedAsMade = false;
        sql.execute("DROP TABLE dbo.ORDERS_UNIFIED_SNAPSHOT");
        sql.execute("CREATE TABLE dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid UNIQUEIDENTIFIER NOT NULL,"
                + " row_hash NVARCHAR(64) NOT NULL, [AAG ORDER NUMBER] NVARCHAR(255) NOT NULL, [CUSTOMER NAME]"
                + " NVARCHAR(255) NULL, [CUSTOMER STYLE] NVARCHAR(255) NULL, [CUSTOMER COLOUR DESCRIPTION]"
                + " NVARCHAR(255) NULL, [PO NUMBER] NVARCHAR(255) NULL, [CUSTOMER ALT PO] NVARCHAR(255) NULL,"
                + " [ACTIVE] NVARCHAR(10) NULL, snapshot_date DATETIME2 NOT NULL DEFAULT GETDATE(),"
                + " customer_filter NVARCHAR(255) NOT NULL DEFAULT 'ALL', batch_id UNIQUEIDENTIFIER NULL,"
                + " records_count INT NULL, parquet_archive_id BIGINT NULL, CONSTRAINT"
                + " PK_ORDERS_UNIFIED_SNAPSHOT PRIMARY KEY CLUSTERED (record_uuid))");
        sql.execute("CREATE INDEX IX_SNAPSHOT_CUSTOMER_DATE ON dbo.ORDERS_UNIFIED_SNAPSHOT (customer_filter,"
                + " snapshot_date)");
        NumberedRows rows = NumberedRows.of(16, 3);
        writeAsThePipelineDoes(rows);
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
        assertEquals(
                List.of("customer_filter", "record_uuid"),
                sql.rows("SELECT c.name FROM sys.indexes AS i"
                        + " INNER JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id"
                        + " INNER JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id"
                        + " WHERE i.object_id = OBJECT_ID('dbo.ORDERS_UNIFIED_SNAPSHOT') AND i.is_primary_key = 1"
                        + " ORDER BY k.key_ordinal"));
        WindowSnapshot foreign = store.findCurrent(ORDERS, Partition.ALL).orElseThrow();
        assertEquals(rows.byIdentity(), read(foreign));
        sql.execute(
                "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER], customer_filter)"
                        + " SELECT record_uuid, row_hash, [AAG ORDER NUMBER], 'GREYSON' FROM"
                        + " dbo.ORDERS_UNIFIED_SNAPSHOT");
        assertEquals(2, store.snapshots(ORDERS, Optional.empty()).size());
    }

    @Test
    void statisticsCountSnapshotsAndCleanUpKeepsTheNewest() throws SQLException {
        TestSqlServer.PROCEDURE_SCRIPTS.forEach(SERVER::executeScript);
        NumberedRows rows = NumberedRows.of(17, 10);
        for (int day = 1; day <= 4; day++) {
            SnapshotId id = SnapshotId.random();
            try (WindowWriter writer = writer("test")) {
                rows.seal(writer, id, day);
                writer.publish(id, Optional.empty(), 9);
            }
        }
        sql.execute(
                "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT (record_uuid, row_hash, [AAG ORDER NUMBER], customer_filter,"
                        + " snapshot_date) VALUES (NEWID(), 'x', 'JOO', 'GREYSON', '2026-03-09T00:00:00')");
        List<String> statistics = List.of(
                "ALL|4|2026-03-01 06:00:00.0000010|2026-03-04 06:00:00.0000010|4|40",
                "GREYSON|1|2026-03-09 00:00:00.0000000|2026-03-09 00:00:00.0000000|0|1");
        assertEquals(statistics, sql.rows("EXEC dbo.sp_snapshot_statistics"));
        assertEquals(
                2,
                sql.rows("EXEC dbo.sp_cleanup_snapshot_history @customer_filter = NULL, @keep_count = 2")
                        .size());
        assertEquals(0, sql.rows("EXEC dbo.sp_cleanup_snapshot_history").size());
        List<WindowSnapshot> left = store.snapshots(ORDERS, Optional.of(Partition.ALL));
        assertEquals(
                List.of(Instant.parse("2026-03-04T06:00:00.000001Z"), Instant.parse("2026-03-03T06:00:00.000001Z")),
                left.stream().map(WindowSnapshot::date).toList());
        left.forEach(snapshot -> assertEquals(rows.byIdentity(), read(snapshot)));
        assertEquals(List.of("10"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
        assertEquals(
                1,
                sql.rows("EXEC dbo.sp_cleanup_snapshot_history @customer_filter = N'ALL', @keep_count = 1")
                        .size());
        AssertionError refused = assertThrows(
                AssertionError.class, () -> sql.execute("EXEC dbo.sp_cleanup_snapshot_history @keep_count = 0"));
        assertTrue(refused.getMessage().contains("@keep_count has to be 1 or more"), refused.getMessage());
    }

    @Test
    void everyTableColumnAndProcedureIsDescribed() {
        TestSqlServer.PROCEDURE_SCRIPTS.forEach(SERVER::executeScript);
        assertEquals(
                List.of(),
                sql.rows("SELECT o.name, c.name FROM sys.objects AS o LEFT JOIN sys.columns AS c ON c.object_id"
                        + " = o.object_id WHERE o.type IN ('U', 'P') AND o.is_ms_shipped = 0"
                        + " AND (o.name LIKE 'ORDERS[_]UNIFIED[_]%' OR o.name LIKE 'SNAPSHOT[_]%' OR"
                        + " o.name LIKE 'sp[_]%snapshot%') AND (NOT EXISTS (SELECT 1 FROM"
                        + " sys.extended_properties AS p WHERE p.major_id = o.object_id AND p.minor_id"
                        + " = 0 AND p.name = 'MS_Description') OR c.column_id IS NOT NULL AND NOT"
                        + " EXISTS (SELECT 1 FROM sys.extended_properties AS p WHERE p.major_id ="
                        + " o.object_id AND p.minor_id = c.column_id AND p.name = 'MS_Description'))"));
    }

    @Test
    void scriptsRunAgainAndLeaveEverythingAsItIs() {
        NumberedRows rows = NumberedRows.of(18, 10);
        WindowSnapshot current = save(rows, 1);
        TestSqlServer.TABLE_SCRIPTS.forEach(SERVER::executeScript);
        TestSqlServer.PROCEDURE_SCRIPTS.forEach(SERVER::executeScript);
        TestSqlServer.PROCEDURE_SCRIPTS.forEach(SERVER::executeScript);
        SERVER.executeScript("security/sqlserver_roles.sql");
        SERVER.executeScript("security/sqlserver_roles.sql");
        assertEquals(Optional.of(current), store.findCurrent(ORDERS, Partition.ALL));
        assertEquals(rows.byIdentity(), read(current));
    }

    @Test
    void namesThatTheTablesCannotHaveAreRefused() {
        for (String name : List.of("row_hash", "BATCH_ID", "x".repeat(129), "nul\0", " ")) {
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> store.prepare(ORDERS.withCarriedColumns(List.of(name))));
            assertEquals(Kind.INVALID_REQUEST, error.kind());
        }
        assertThrows(
                SnapshotException.class,
                () -> store.prepare(ORDERS.withCarriedColumns(List.of("PO NUMBER", "po number"))));
    }

    @Test
    void aWindowWithoutItsTablesSaysHowToMakeThem() {
        SnapshotException unprepared = assertThrows(
                SnapshotException.class,
                () -> store.openWriter(
                        Dataset.of("NEVER_PREPARED", List.of("id")),
                        Partition.ALL,
                        new WriterRequest("test", Duration.ZERO)));
        assertEquals(Kind.INVALID_REQUEST, unprepared.kind());
        assertTrue(unprepared.getMessage().contains("WindowStore.prepare does"), unprepared.getMessage());
    }

    @Test
    void aSaveWritesTheRowsThatChangedAndTheStampsOfTheOthers() {
        NumberedRows rows = NumberedRows.of(30, 10);
        WindowSnapshot first = save(rows, 1);
        WindowSnapshot second = saveChange(store, ORDERS, rows, 3, 99, 2);
        assertEquals(rows.with(3, 99).byIdentity(), read(second));
        assertEquals(rows.byIdentity(), read(first));
        String versions =
                "SELECT COUNT(*), MIN(first_number), MAX(last_number) FROM" + " dbo.ORDERS_UNIFIED_SNAPSHOT_VERSION";
        assertEquals(List.of("1|1|2"), sql.rows(versions));
        String stamps = "SELECT COUNT(*), COUNT(DISTINCT batch_id), COUNT(DISTINCT first_number) FROM"
                + " dbo.ORDERS_UNIFIED_SNAPSHOT";
        assertEquals(List.of("10|1|2"), sql.rows(stamps));
        assertEquals(
                List.of("10|" + first.id().orElseThrow().value().toString().toUpperCase(Locale.ROOT)),
                sql.rows("SELECT COUNT(*), MAX(CONVERT(CHAR(36), batch_id)) FROM"
                        + " dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
    }

    @Test
    void aDatasetThatStampsVersionsLeavesUnchangedRowsAlone() {
        Dataset versions = ORDERS.withRowStamps(RowStampPolicy.VERSION);
        NumberedRows rows = NumberedRows.of(31, 10);
        WindowSnapshot first = save(rows, 1);
        WindowSnapshot second = saveChange(store, versions, rows, 3, 99, 2);
        assertEquals(
                List.of("9|1"),
                sql.rows("SELECT SUM(CASE WHEN batch_id = '" + first.id().orElseThrow() + "' THEN 1 ELSE 0 END),"
                        + " SUM(CASE WHEN batch_id = '" + second.id().orElseThrow()
                        + "' THEN 1 ELSE 0 END) FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
        assertEquals(Optional.of(second), store.findCurrent(ORDERS, Partition.ALL));
        store.stamps(ORDERS, Optional.empty())
                .forEach(stamps -> assertEquals(0, stamps.otherDates() + stamps.otherCounts() + stamps.strangers()));
        assertEquals(rows.byIdentity(), read(first));
        // Back to stamps on every row with the next save.
        saveChange(store, ORDERS, rows.with(3, 99), 4, 98, 3);
        assertEquals(List.of("1"), sql.rows("SELECT COUNT(DISTINCT batch_id) FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    @Test
    void theTriggerKeepsPreviousSnapshotsFromTheStatementsOfOthers() {
        NumberedRows rows = NumberedRows.of(32, 10);
        WindowSnapshot first = save(rows, 1);
        saveChange(store, ORDERS, rows, 3, 99, 2);
        sql.execute("UPDATE dbo.ORDERS_UNIFIED_SNAPSHOT SET [CUSTOMER NAME] = N'by hand' WHERE [AAG ORDER NUMBER] ="
                + " 'JOO-00001'");
        sql.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE [AAG ORDER NUMBER] = 'JOO-00002'");
        assertEquals(rows.byIdentity(), read(first));
        assertEquals(
                List.of("10|GREYSON|GREYSON"),
                sql.rows("SELECT COUNT(*), MIN([CUSTOMER NAME]), MAX([CUSTOMER NAME]) FROM"
                        + " dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
        assertEquals(
                List.of("1"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE first_number IS NULL"));
        try (WindowWriter writer = writer("test")) {
            assertEquals(Optional.empty(), writer.changes().orElseThrow().base());
        }
    }

    @Test
    void aPreviousSnapshotThatLostRowsPastTheTriggerIsIncompleteAndNotShown() {
        NumberedRows rows = NumberedRows.of(33, 10);
        WindowSnapshot first = save(rows, 1);
        saveChange(store, ORDERS, rows, 3, 99, 2);
        sql.execute("DISABLE TRIGGER dbo.TR_ORDERS_UNIFIED_SNAPSHOT_KEEP ON dbo.ORDERS_UNIFIED_SNAPSHOT");
        sql.execute("DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT WHERE [AAG ORDER NUMBER] = 'JOO-00002'");
        sql.execute("ENABLE TRIGGER dbo.TR_ORDERS_UNIFIED_SNAPSHOT_KEEP ON dbo.ORDERS_UNIFIED_SNAPSHOT");
        assertEquals(
                List.of(SnapshotState.INCOMPLETE, SnapshotState.INCOMPLETE),
                store.snapshots(ORDERS, Optional.empty()).stream()
                        .map(WindowSnapshot::state)
                        .toList());
        assertEquals(
                Kind.CORRUPT,
                assertThrows(SnapshotException.class, () -> read(first)).kind());
        assertEquals(List.of("0"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY"));
    }

    @Test
    void anOlderProgramIsRefusedAndChangesNothing() {
        NumberedRows rows = NumberedRows.of(34, 5);
        WindowSnapshot current = save(rows, 1);
        for (String statement : List.of(
                "INSERT INTO dbo.SNAPSHOT_LEDGER (dataset, batch_id, customer_filter, snapshot_date, records_count,"
                        + " state) VALUES (N'ORDERS_UNIFIED', NEWID(), N'ALL', SYSUTCDATETIME(), 0, 'STAGING')",
                "DELETE FROM dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY",
                "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT_HISTORY (record_uuid) VALUES (NEWID())")) {
            AssertionError refused = assertThrows(AssertionError.class, () -> sql.execute(statement));
            assertTrue(refused.getMessage().contains("the window has layout 2"), refused.getMessage());
        }
        assertEquals(Optional.of(current), store.findCurrent(ORDERS, Partition.ALL));
    }

    @Test
    void recoverySweepsStagedRowsThatAKillLeft() {
        save(NumberedRows.of(35, 5), 1);
        sql.execute(
                "INSERT INTO dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING (batch_id, record_uuid, row_hash, [AAG ORDER NUMBER])"
                        + " SELECT CONVERT(BINARY(16), batch_id), CONVERT(BINARY(16), record_uuid), row_hash,"
                        + " [AAG ORDER NUMBER] FROM dbo.ORDERS_UNIFIED_SNAPSHOT");
        store.sweep(ORDERS);
        assertEquals(List.of("0"), sql.rows("SELECT COUNT(*) FROM dbo.ORDERS_UNIFIED_SNAPSHOT_STAGING"));
    }

    /** Saves the rows with another hash in one row, as the changes against them. */
    private static WindowSnapshot saveChange(
            SqlServerWindowStore store, Dataset dataset, NumberedRows rows, int row, int version, int day) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer =
                store.openWriter(dataset, Partition.ALL, new WriterRequest("test", Duration.ofSeconds(20)))) {
            rows.with(row, version).sealChanges(writer, id, day, rows);
            return writer.changes()
                    .orElseThrow()
                    .publish(id, Optional.empty(), 2)
                    .orElseThrow();
        }
    }

    @Test
    void anArchiveIsLinkedInTheLedgerAndInTheRows() {
        WindowSnapshot current = save(NumberedRows.of(19, 5), 1);
        store.linkArchive(ORDERS, current.id().orElseThrow(), new ArchiveId(7));
        assertEquals(
                List.of("5|7|7"),
                sql.rows("SELECT COUNT(*), MIN(parquet_archive_id), MAX(parquet_archive_id)"
                        + " FROM dbo.ORDERS_UNIFIED_SNAPSHOT"));
    }

    private static WindowSnapshot save(NumberedRows rows, int day) {
        SnapshotId id = SnapshotId.random();
        try (WindowWriter writer = writer("test")) {
            rows.seal(writer, id, day);
            return writer.publish(id, Optional.empty(), 2);
        }
    }

    private static WindowWriter writer(String holder) {
        return store.openWriter(ORDERS, Partition.ALL, new WriterRequest(holder, Duration.ofSeconds(20)));
    }

    private static Map<UUID, String> read(WindowSnapshot snapshot) {
        try (KeyedRowStream stream = store.openRows(ORDERS, snapshot)) {
            return HashedRows.read(stream).hashes();
        }
    }

    private static void writeAsThePipelineDoes(NumberedRows rows) throws SQLException {
        try (SqlServerSession session = SqlServerSession.open(settings, "test");
                PreparedStatement delete = session.connection().prepareStatement(EXISTING_DELETE);
                PreparedStatement insert = session.connection().prepareStatement(EXISTING_INSERT)) {
            delete.setString(1, "ALL");
            delete.executeUpdate();
            for (Map.Entry<UUID, String> row : rows.byIdentity().entrySet()) {
                insert.setString(1, row.getKey().toString());
                insert.setString(2, row.getValue());
                insert.setString(3, "JOO");
                insert.setString(4, "GREYSON");
                insert.setString(5, null);
                insert.setObject(6, LocalDateTime.parse("2026-03-01T12:00:00"));
                insert.setString(7, "ALL");
                insert.executeUpdate();
            }
        }
    }
}
