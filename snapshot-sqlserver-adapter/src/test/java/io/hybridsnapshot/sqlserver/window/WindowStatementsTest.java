package io.hybridsnapshot.sqlserver.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
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
        WindowSnapshot foreign = WindowSnapshot.builder(dataset.name(), PARTITION, DATE, SnapshotState.CURRENT)
                .rowCount(5)
                .build();
        Optional<ArchiveId> archive = Optional.of(new ArchiveId(7));
        WindowStatements.Rows staged = window.staged(ID.value());
        WindowStatements.Rows current = window.current(WindowStatements.SHARED_TABLE, PARTITION);
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
        all.put(
                "list",
                ledger.list(
                        "with (holdlock)", "D", Optional.of(PARTITION), SnapshotState.STAGING, SnapshotState.STAGED));
        all.put("begin", ledger.begin("D", PARTITION, new StagingRequest(ID, DATE, "hsr1", schema), 2));
        all.put("replaceUndone", ledger.replaceUndone("D", PARTITION, ID));
        all.put("datasets", ledger.datasets());
        all.put("undone", ledger.undone("D", Optional.of(PARTITION)));
        all.put("undoneOfAll", ledger.undone("D", Optional.empty()));
        all.put("seal", ledger.seal("D", ID, 5, new Fingerprint("ab".repeat(32))));
        all.put("publish", ledger.publish("D", ID, archive, carried));
        all.put("carriedColumns", ledger.carriedColumns("D", ID));
        all.put("retireInLedger", ledger.retire("D", PARTITION));
        all.put("endCurrent", ledger.endCurrent("D", PARTITION));
        all.put("retireForeign", ledger.retireForeign("D", sealed, ID.value()));
        all.put("linkInLedger", ledger.link("D", ID, new ArchiveId(7)));
        all.put("removeForeign", ledger.removeForeign("D", ID));
        all.put("end", ledger.end("D", ID, SnapshotState.REMOVED));
        all.put("bringBackInLedger", ledger.bringBack("D", ID));
        all.put("stagedLeftovers", ledger.stagedLeftovers(tables.staging(), "D", PARTITION));
        all.put("tally", window.tally(WindowStatements.SHARED_TABLE, Optional.of(PARTITION)));
        all.put("tallyOfAll", window.tally(WindowStatements.AS_ISOLATED, Optional.empty()));
        all.put("stamps", window.stamps(SnapshotState.CURRENT, WindowStatements.SHARED_TABLE, Optional.of(PARTITION)));
        all.put(
                "stampsOfPrevious",
                window.stamps(SnapshotState.PREVIOUS, WindowStatements.AS_ISOLATED, Optional.empty()));
        all.put("count", WindowStatements.count(staged));
        all.put("compare", WindowStatements.compare(DELTA, staged, current));
        all.put("compareKeys", WindowStatements.compareKeys(DELTA, staged, window.previous(PARTITION, ID.value())));
        all.put("changesByKind", WindowStatements.changesByKind(DELTA));
        all.put("changesInOrder", WindowStatements.changesInOrder(DELTA));
        all.put("rows", WindowStatements.rows(current));
        all.put("copyRows", WindowStatements.copyRows(DELTA, current));
        all.put(
                "copyTexts",
                WindowStatements.copyTexts(
                        DELTA, current, carried.stream().map(DSL::name).toList()));
        all.put("texts", WindowStatements.texts(DELTA, carried.size()));
        all.put("retire", window.retire(PARTITION, ID.value(), sealed));
        all.put("retireLocalTime", window.retire(PARTITION, ID.value(), foreign));
        all.put("deleteGone", window.deleteGone(DELTA, PARTITION));
        all.put("updateChanged", window.updateChanged(DELTA, sealed, archive, List.of(DSL.name("other ]?"))));
        all.put("updateUnchanged", window.updateUnchanged(sealed, archive));
        all.put("insertNew", window.insertNew(DELTA, sealed, Optional.empty()));
        all.put("nextPartitionInHistory", window.nextPartitionInHistory(Optional.of(PARTITION)));
        all.put("firstPartitionInHistory", window.nextPartitionInHistory(Optional.empty()));
        all.put("nextBatchInHistory", window.nextBatchInHistory(PARTITION, Optional.of(ID.value())));
        all.put("firstBatchInHistory", window.nextBatchInHistory(PARTITION, Optional.empty()));
        all.put("removeOrphans", window.removeOrphans(PARTITION, ID.value()));
        all.put("removeCurrent", window.removeCurrent(PARTITION));
        all.put("bringBack", window.bringBack(PARTITION, ID.value(), false));
        all.put("bringBackForeign", window.bringBack(PARTITION, ID.value(), true));
        all.put("removePrevious", window.removePrevious(PARTITION, ID.value()));
        all.put("removeStaged", window.removeStaged(ID.value()));
        all.put("link", window.link(SnapshotState.CURRENT, PARTITION, ID.value(), new ArchiveId(7)));
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
        for (String name : List.of("retire", "updateChanged", "insertNew", "copyTexts")) {
            String sql = JOOQ.render(all.get(name));
            for (String column : ODD) {
                assertTrue(sql.contains("\"" + column.replace("\"", "\"\"") + "\""), name + ": " + sql);
            }
        }
        assertTrue(JOOQ.render(all.get("updateChanged")).contains("c.\"other ]?\" = default"));
    }

    /** The zone moves the date of the rows that a foreign writer left, and of no others. */
    @Test
    void rowsOfAForeignSnapshotInLocalTimeAreKeptUnderItsDateInUtc() {
        Map<String, Query> all = statements(List.of());
        assertTrue(JOOQ.extractBindValues(all.get("retireLocalTime")).contains(DATE));
        assertFalse(JOOQ.render(all.get("retireLocalTime")).contains("row_hash, snapshot_date, customer_filter, ? "));
        assertFalse(JOOQ.extractBindValues(all.get("retire")).contains(DATE));
        WindowTables tables = new WindowTables(
                "dbo", Dataset.of("ORDERS_UNIFIED", List.of("id")), Optional.of(ZoneId.of("Europe/Berlin")));
        assertEquals(Instant.parse("2026-03-01T05:00:00Z"), tables.foreignDate(Instant.parse("2026-03-01T06:00:00Z")));
        assertEquals(Instant.parse("2026-10-25T00:30:00Z"), tables.foreignDate(Instant.parse("2026-10-25T02:30:00Z")));
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
        for (String name : List.of("compare", "compareKeys")) {
            assertTrue(JOOQ.render(all.get(name)).endsWith("option (hash join, merge join, recompile)"));
        }
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
