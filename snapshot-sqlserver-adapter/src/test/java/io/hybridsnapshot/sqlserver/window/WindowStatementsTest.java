package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jooq.Name;
import org.jooq.Query;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every statement that the window runs, in its rendered form: accepted by the grammar, with quoted names and bound
 * values.
 */
class WindowStatementsTest {
    /** Names that break careless quoting, JDBC's placeholders and templates. */
    private static final List<String> ODD = List.of(
            "AAG ORDER NUMBER",
            "it's \"quoted\"",
            "[brackets] and ]]",
            "what? 100% {0} {} ?::text",
            "größe_日本_😀",
            "select");

    private static final String SECRET_VALUE = "GREYSON's ? {0}";
    private static final DSLContext JOOQ = DSL.using(SQLDialect.DEFAULT);
    private static final SnapshotId ID = new SnapshotId(UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
    private static final Partition PARTITION = new Partition(SECRET_VALUE);
    private static final Instant DATE = Instant.parse("2026-03-01T06:00:00.123456Z");
    private static final Name DELTA = WindowStatements.temporary("snapshot_delta", 1);

    private static Map<String, Query> statements(List<String> carried) {
        Dataset dataset = Dataset.of("ORDERS_UNIFIED", List.of("record_uuid")).withCarriedColumns(carried);
        WindowTables tables = new WindowTables("dbo", dataset, Optional.of(ZoneId.of("Europe/Berlin")));
        Ledger ledger = new Ledger("dbo");
        WindowStatements window = new WindowStatements(tables, ledger);
        Schema schema = Schema.of(new Column("a", ColumnType.TEXT), new Column("b\nc", ColumnType.INT32));
        WindowSnapshot sealed = WindowSnapshot.builder(dataset.name(), PARTITION, DATE, SnapshotState.STAGED)
                .id(Optional.of(ID))
                .rowCount(5)
                .hashSpecId(Optional.of("hsr1"))
                .schema(Optional.of(schema))
                .build();
        Optional<ArchiveId> archive = Optional.of(new ArchiveId(7));
        PublishStatements writes = new PublishStatements(tables, ledger);
        List<Name> texts = carried.stream().map(DSL::name).toList();
        UUID batch = ID.value();
        BaseSnapshot base = new BaseSnapshot(ID, "5/0/2026-03-01T06:00:00Z/12");
        WindowStatements.Rows staged = window.staged(batch);
        WindowStatements.Rows current = window.current(WindowStatements.SHARED_TABLE, PARTITION, texts);
        Map<String, Query> all = new LinkedHashMap<>();
        all.put("ownerOf", ledger.ownerOf("D"));
        all.put("ownerBeside", ledger.ownerBeside("D"));
        all.put("namesakesOf", ledger.namesakesOf("D"));
        all.put("insertOwner", ledger.insertOwner("D", SECRET_VALUE));
        all.put("takeFence", ledger.takeFence("D", PARTITION, SECRET_VALUE));
        all.put("insertFence", ledger.insertFence("D", PARTITION, SECRET_VALUE));
        all.put("holder", ledger.holder("D", PARTITION));
        all.put("fenceForUpdate", ledger.fenceForUpdate("D", PARTITION));
        all.put("find", ledger.find("D", ID));
        all.put("findForUpdate", ledger.findForUpdate("D", ID));
        all.put("list", ledger.list("D", Optional.of(PARTITION), SnapshotState.STAGING, SnapshotState.STAGED));
        all.put("listOfAll", ledger.list("D", Optional.empty(), SnapshotState.PREVIOUS));
        all.put("changes", ledger.changes("D", ID));
        all.put("published", ledger.published("D", PARTITION));
        all.put("nextNumber", ledger.nextNumber("D", PARTITION));
        all.put("newestPrevious", ledger.newestPrevious("D", PARTITION));
        all.put("oldestVisible", ledger.oldestVisible("D", PARTITION));
        all.put("begin", ledger.begin("D", PARTITION, new StagingRequest(ID, DATE, "hsr1", schema), 2));
        all.put("replaceUndone", ledger.replaceUndone("D", PARTITION, ID));
        all.put("datasets", ledger.datasets());
        all.put("undone", ledger.undone("D", Optional.of(PARTITION)));
        all.put("undoneOfAll", ledger.undone("D", Optional.empty()));
        Fingerprint fingerprint = new Fingerprint("ab".repeat(32));
        all.put("seal", ledger.seal("D", ID, 5, fingerprint));
        all.put("sealChanges", ledger.sealChanges("D", ID, base, new DeltaSummary(1, 2, 3, 4), fingerprint));
        all.put("restage", ledger.restage("D", ID));
        all.put("publish", ledger.publish("D", ID, archive, carried, 7, base.token()));
        all.put("carriedColumns", ledger.carriedColumns("D", ID));
        all.put("retireInLedger", ledger.retire("D", ID));
        all.put("retireForeign", ledger.retireForeign("D", sealed, batch, DATE, 7));
        all.put("linkInLedger", ledger.link("D", ID, new ArchiveId(7)));
        all.put("removeForeign", ledger.removeForeign("D", ID));
        all.put("end", ledger.end("D", ID, SnapshotState.REMOVED));
        all.put("bringBackInLedger", ledger.bringBack("D", ID, 7));
        all.put("shareCurrent", window.shareCurrent());
        all.put("tally", window.tally(WindowStatements.SHARED_TABLE, Optional.of(PARTITION)));
        all.put("tallyOfAll", window.tally(WindowStatements.AS_ISOLATED, Optional.empty()));
        all.put("numbered", window.numbered(WindowStatements.SHARED_TABLE, Optional.of(PARTITION)));
        all.put("numberedOfAll", window.numbered(WindowStatements.AS_ISOLATED, Optional.empty()));
        all.put("spans", window.spans(Optional.of(PARTITION)));
        all.put("spansOfAll", window.spans(Optional.empty()));
        all.put("stamps", window.stamps(true, WindowStatements.SHARED_TABLE, Optional.of(PARTITION)));
        all.put("stampsOfPrevious", window.stamps(false, WindowStatements.AS_ISOLATED, Optional.empty()));
        all.put("count", WindowStatements.count(staged));
        all.put("state", window.state(PARTITION));
        all.put("newest", window.newest(PARTITION));
        all.put("compare", WindowStatements.compare(DELTA, staged, current));
        all.put(
                "compareWithPrevious",
                WindowStatements.compare(
                        DELTA,
                        WindowStatements.allBytes(DELTA),
                        window.previous(WindowStatements.SHARED_TABLE, PARTITION, 7)));
        all.put("changesByKind", WindowStatements.changesByKind(DELTA));
        all.put("changesInOrder", WindowStatements.changesInOrder(DELTA));
        all.put("rows", WindowStatements.rows(DELTA));
        all.put("copyRows", WindowStatements.copyRows(DELTA, WindowStatements.all(DELTA)));
        all.put("range", window.range(PARTITION, OptionalLong.of(7), Optional.of(batch), 100));
        all.put("firstRange", window.range(PARTITION, OptionalLong.empty(), Optional.empty(), 100));
        all.put("nextEnd", window.nextEnd(PARTITION, 7));
        all.put("formerRange", window.formerRange(PARTITION, 7, 8, Optional.of(batch), 100));
        all.put("firstFormerRange", window.formerRange(PARTITION, 7, 8, Optional.empty(), 100));
        all.put("copyTexts", WindowStatements.copyTexts(DELTA, current, texts));
        all.put(
                "copySharedTexts",
                WindowStatements.copyTexts(
                        DELTA, window.shared(WindowStatements.SHARED_TABLE, PARTITION, 7, texts), texts));
        all.put("copyFormerTexts", WindowStatements.copyTexts(DELTA, window.former(PARTITION, 7, texts), texts));
        all.put("texts", WindowStatements.texts(DELTA, carried.size()));
        all.put("lockCurrent", writes.lockCurrent());
        all.put("stagedCounts", writes.stagedCounts(batch));
        for (PublishStatements.Plan plan : PublishStatements.Plan.values()) {
            all.put("keepReplaced" + plan, writes.keepReplaced(batch, PARTITION, 7, plan));
            all.put(
                    "updateChanged" + plan,
                    writes.updateChanged(sealed, 7, archive, List.of(DSL.name("other ]?")), plan));
            all.put("deleteGone" + plan, writes.deleteGone(batch, PARTITION, plan));
        }
        all.put("insertNew", writes.insert(sealed, 7, Optional.empty(), true));
        all.put("insertAll", writes.insert(sealed, 7, archive, false));
        all.put("stampAll", writes.stampAll(sealed, archive));
        all.put("stampInstead", writes.stampInstead(batch, sealed));
        all.put("keepAll", writes.keepAll(PARTITION, Optional.empty(), Optional.empty(), 6, 7));
        all.put("keepAllOfOurs", writes.keepAll(PARTITION, Optional.of(6L), Optional.empty(), 6, 7));
        all.put(
                "keepAllForeign",
                writes.keepAll(
                        PARTITION,
                        Optional.of(6L),
                        Optional.of(new PublishStatements.Retired(batch, 5, Optional.empty())),
                        6,
                        7));
        all.put(
                "keepAllForeignInLocalTime",
                writes.keepAll(
                        PARTITION,
                        Optional.of(6L),
                        Optional.of(new PublishStatements.Retired(batch, 5, Optional.of(DATE))),
                        6,
                        7));
        all.put("removeCurrent", writes.removeCurrent(PARTITION, Optional.empty()));
        all.put("removeCurrentBehind", writes.removeCurrent(PARTITION, Optional.of(7L)));
        all.put("bringBack", writes.bringBack(PARTITION, 7, Optional.empty()));
        all.put("bringBackForeign", writes.bringBack(PARTITION, 7, Optional.of(batch)));
        all.put("removeFormer", writes.removeFormer(PARTITION, 7));
        all.put("linkCurrent", writes.linkCurrent(PARTITION, batch, new ArchiveId(7)));
        all.put("linkFormer", writes.linkFormer(PARTITION, batch, new ArchiveId(7)));
        all.put("nextPartition", writes.nextPartition(Optional.of(PARTITION)));
        all.put("firstPartition", writes.nextPartition(Optional.empty()));
        all.put("endOfFormerRange", writes.endOfFormerRange(PARTITION, 7, Optional.of(batch), 100));
        all.put("endOfFirstFormerRange", writes.endOfFormerRange(PARTITION, 7, Optional.empty(), 100));
        all.put("removeFormerRange", writes.removeFormerRange(PARTITION, 7, Optional.of(batch), batch));
        all.put("removeFirstFormerRange", writes.removeFormerRange(PARTITION, 7, Optional.empty(), batch));
        all.put("nextStaged", writes.nextStaged(Optional.of(batch)));
        all.put("firstStaged", writes.nextStaged(Optional.empty()));
        all.put("lastStaged", writes.lastStaged(batch));
        all.put("endOfStagedRange", writes.endOfStagedRange(batch, 1, 100));
        all.put("removeStagedRange", writes.removeStagedRange(batch, 1, 100));
        all.put("takeLock", WindowStatements.takeLock("resource", "Session", 1));
        all.put("releaseLock", WindowStatements.releaseLock("resource"));
        return all;
    }

    static List<String> names() {
        return List.copyOf(statements(ODD).keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void statementIsTransactSql(String name) {
        for (List<String> carried : List.of(List.<String>of(), List.of("AAG ORDER NUMBER", "PO NUMBER"))) {
            String sql = JOOQ.render(statements(carried).get(name));
            // The grammar knows DEFAULT among an INSERT's values, and not in an UPDATE.
            TransactSql.assertValid(sql.replace(" = default,", " = null,"));
        }
    }

    private static long parameters(String sql) {
        long markers = 0;
        boolean quoted = false;
        for (char c : sql.toCharArray()) {
            quoted ^= c == '"';
            markers += c == '?' && !quoted ? 1 : 0;
        }
        return markers;
    }

    @ParameterizedTest
    @MethodSource("names")
    void noValueStandsInTheText(String name) {
        Query statement = statements(ODD).get(name);
        String sql = JOOQ.render(statement);
        assertFalse(sql.contains("GREYSON"), sql);
        assertFalse(sql.contains("123e4567"), sql);
        assertEquals(JOOQ.extractBindValues(statement).size(), parameters(sql), sql);
    }

    @Test
    void namesStandQuotedWhateverIsInThem() {
        Map<String, Query> all = statements(ODD);
        for (String name : List.of("keepReplacedSEEK", "updateChangedSCAN", "insertNew", "keepAll", "copyTexts")) {
            String sql = JOOQ.render(all.get(name));
            for (String column : ODD) {
                assertTrue(sql.contains("\"" + column.replace("\"", "\"\"") + "\""), name + ": " + sql);
            }
        }
        assertTrue(JOOQ.render(all.get("updateChangedSEEK")).contains("c.\"other ]?\" = default"));
    }

    /** The zone moves the date of the rows that a foreign writer left, and of no others. */
    @Test
    void rowsOfAForeignSnapshotInLocalTimeAreKeptUnderItsDateInUtc() {
        Map<String, Query> all = statements(List.of());
        assertTrue(JOOQ.render(all.get("keepAllForeignInLocalTime"))
                .contains("case when c.first_number is null then ? else c.snapshot_date end"));
        assertTrue(JOOQ.extractBindValues(all.get("keepAllForeignInLocalTime")).contains(DATE));
        for (String name : List.of("keepAll", "keepAllOfOurs", "keepAllForeign", "keepReplacedSEEK")) {
            assertFalse(JOOQ.extractBindValues(all.get(name)).contains(DATE), name);
        }
        WindowTables tables = new WindowTables(
                "dbo", Dataset.of("ORDERS_UNIFIED", List.of("id")), Optional.of(ZoneId.of("Europe/Berlin")));
        assertEquals(
                Instant.parse("2026-03-01T05:00:00Z"),
                SnapshotDates.ofForeignClock(Instant.parse("2026-03-01T06:00:00Z"), tables.foreignZone()));
        assertEquals(
                Instant.parse("2026-10-25T00:30:00Z"),
                SnapshotDates.ofForeignClock(Instant.parse("2026-10-25T02:30:00Z"), tables.foreignZone()));
    }

    @Test
    void temporaryTablesAreMadeByStatementsOfTransactSql() {
        TransactSql.assertValid(WindowStatements.createDelta(DELTA));
        TransactSql.assertValid(WindowStatements.createRows(DELTA));
        TransactSql.assertValid(WindowStatements.createBytes(DELTA));
        TransactSql.assertValid(WindowStatements.createTexts(DELTA, 0));
        TransactSql.assertValid(WindowStatements.createTexts(DELTA, 3));
    }

    @Test
    void statementsOnWholePartitionsNeverJoinRowByRow() {
        Map<String, Query> all = statements(ODD);
        for (String name : List.of("compare", "compareWithPrevious")) {
            assertTrue(JOOQ.render(all.get(name)).endsWith("option (hash join, merge join, recompile)"));
        }
    }

    @Test
    void joinsOfStagedChangesAreSoughtOrHashedAsThePlanSays() {
        Map<String, Query> all = statements(ODD);
        for (String name : List.of("keepReplaced", "updateChanged", "deleteGone")) {
            assertTrue(JOOQ.render(all.get(name + "SEEK")).endsWith("option (loop join, force order, recompile)"));
            assertTrue(JOOQ.render(all.get(name + "SCAN")).endsWith("option (hash join, force order, recompile)"));
        }
    }

    /** One text serves ten rows and ten million; a plan made for the one is wrong for the other. */
    @Test
    void statementsOnWholePartitionsAreCompiledAnew() {
        Map<String, Query> all = statements(ODD);
        Set<String> seeks = Set.of("newest", "lockCurrent", "shareCurrent", "firstRange", "lastStaged", "range");
        all.forEach((name, statement) -> {
            String sql = JOOQ.render(statement);
            boolean isOnRows = sql.contains("_SNAPSHOT\"") || sql.contains("_SNAPSHOT_VERSION\"");
            boolean isRange = sql.contains("top (") || name.startsWith("remove") && name.contains("Range");
            if (isOnRows && !isRange) {
                assertTrue(sql.contains("recompile"), name + ": " + sql);
            }
            assertTrue(isRange || !seeks.contains(name), name);
        });
    }

    /** A lock a row would be turned into one lock of the table, or be kept by the million. */
    @Test
    void aPublishTakesTableLocksAlone() {
        Map<String, Query> all = statements(ODD);
        String current = "\"ORDERS_UNIFIED_SNAPSHOT\"";
        String version = "\"ORDERS_UNIFIED_SNAPSHOT_VERSION\"";
        for (String name : List.of(
                "updateChangedSEEK", "deleteGoneSEEK", "insertNew", "stampAll", "removeCurrent", "linkCurrent")) {
            String sql = JOOQ.render(all.get(name));
            assertTrue(sql.matches("(?s).*" + current + "( as c)? with \\(tablockx\\).*"), name + ": " + sql);
        }
        for (String name : List.of("keepReplacedSEEK", "keepAll", "removeFormer", "linkFormer")) {
            String sql = JOOQ.render(all.get(name));
            assertTrue(sql.matches("(?s).*" + version + "( as v)? with \\(tablockx?\\).*"), name + ": " + sql);
        }
    }

    /** A key-range lock on a prefix would lock the first row of the next partition. */
    @Test
    void theLedgerIsLockedByWholeKeysAlone() {
        statements(ODD).forEach((name, statement) -> {
            String sql = JOOQ.render(statement);
            if (sql.contains("SNAPSHOT_LEDGER\" with (") || sql.contains("SNAPSHOT_WRITER\" with (")) {
                assertTrue(Set.of("findForUpdate", "fenceForUpdate").contains(name), name + ": " + sql);
            }
        });
        assertTrue(JOOQ.render(statements(ODD).get("findForUpdate")).endsWith("where dataset = ? and batch_id = ?"));
        assertTrue(JOOQ.render(statements(ODD).get("fenceForUpdate"))
                .endsWith("where dataset = ? and customer_filter = ?"));
    }

    /** A bound text is Unicode; compared with a VARCHAR column it would convert the column. */
    @Test
    void statesOfTheLedgerStandInTheText() {
        statements(ODD).forEach((name, statement) -> {
            String sql = JOOQ.render(statement);
            assertFalse(sql.matches("(?s).*\\bstate (=|<>|in) \\(?\\?.*"), name + ": " + sql);
        });
    }

    @Test
    void stagedRowsAndVersionsGoByRanges() {
        Map<String, Query> all = statements(ODD);
        assertTrue(JOOQ.render(all.get("removeStagedRange")).contains("s.row_order > ? and s.row_order <= ?"));
        assertTrue(JOOQ.render(all.get("removeFormerRange")).contains("v.record_uuid > ? and v.record_uuid <= ?"));
        all.forEach((name, statement) -> assertFalse(JOOQ.render(statement).startsWith("delete top"), name));
    }

    @Test
    void identitiesAreOrderedAsTheirBytesAre() {
        // The server's sort key: the text of a GUID in a binary collation.
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            ids.add(UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}));
        }
        List<UUID> byText = new ArrayList<>(ids);
        byText.sort((a, b) -> a.toString()
                .toUpperCase(java.util.Locale.ROOT)
                .compareTo(b.toString().toUpperCase(java.util.Locale.ROOT)));
        List<UUID> byBytes = new ArrayList<>(ids);
        byBytes.sort((a, b) -> Arrays.compareUnsigned(
                new long[] {a.getMostSignificantBits(), a.getLeastSignificantBits()},
                new long[] {b.getMostSignificantBits(), b.getLeastSignificantBits()}));
        assertEquals(byBytes, byText);
    }

    @Test
    void locksHaveNamesThatTellDatasetAndPartitionAndFit() {
        WindowTables tables = new WindowTables("dbo", Dataset.of("ORDERS_UNIFIED", List.of("id")), Optional.empty());
        assertEquals("hybrid-snapshots:dbo.orders_unified:publish", tables.lockName(WindowTables.PUBLISHING));
        assertEquals("hybrid-snapshots:dbo.orders_unified:writer:GREYSON", tables.lockName("writer", "GREYSON"));
        String one = tables.lockName("writer", "x".repeat(254) + "1");
        String other = tables.lockName("writer", "x".repeat(254) + "2");
        assertTrue(one.length() <= 255);
        assertFalse(one.equals(other));
    }
}
