package io.hybridsnapshot.engine.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.redaction.RowKeys;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are looked up in archived snapshots, with and without change sets. */
class RowLookupTest {
    private static final Dataset DATASET = Stores.dataset("orders")
            .withHashSpec(new HashSpec(Map.of("NOTE", ColumnRules.NONE.with(ColumnRules.Flag.TRIM))));

    @TempDir
    Path directory;

    private Stores stores;

    @BeforeEach
    void start() {
        stores = new Stores(directory);
    }

    private void save(int day, Orders orders) {
        ArchivedSnapshot archive = new SaveSnapshot(stores.environment())
                .save(
                        SaveRequest.of(DATASET, Partition.ALL)
                                .withDate(Instant.parse("2026-08-0" + day + "T10:00:00Z")),
                        orders.source())
                .archive()
                .orElseThrow();
        stores.archive().publish(archive.id());
    }

    /** Three states in which the note of one row changes and another row is always without one. */
    private void saveStates() {
        save(1, Orders.numbered(50));
        save(2, Orders.numbered(50).set("JOO-1", "NOTE", "second"));
        save(3, Orders.numbered(50).set("JOO-1", "NOTE", "second").set("JOO-2", "QTY", 99));
    }

    private static RowSelection key(String... keys) {
        return new RowSelection.OfKeys(RowKeys.of(
                1, List.of(keys).stream().map(key -> List.of(Optional.of(key))).toList()));
    }

    private HistoryAnswer find(HistoryRequest request) {
        return new FindHistory(stores.environment()).find(request);
    }

    private static HistoryRequest request(RowSelection rows) {
        return new HistoryRequest(DATASET, Optional.empty(), rows);
    }

    @Test
    void changeSetsTellWhatFilesTell() {
        saveStates();
        HistoryRequest all = request(key("JOO-1", "JOO-2", "JOO-3"));
        List<RowHistory> fromFiles = find(all).rows();
        new BuildChangeSets(stores.environment()).build(DATASET, Optional.empty(), Progress.NONE);
        HistoryAnswer answer = find(all);
        assertEquals(fromFiles, answer.rows());
        assertEquals(
                List.of(2, 2, 1),
                fromFiles.stream().map(row -> row.events().size()).toList());
        assertEquals(
                fromFiles.get(0),
                find(request(new RowSelection.WithValue("NOTE", "second")))
                        .rows()
                        .get(0));
    }

    @Test
    void aDifferenceThatTheRulesForgiveIsNoEventWithOrWithoutChangeSets() {
        save(1, Orders.numbered(50));
        save(2, Orders.numbered(50).set("JOO-1", "NOTE", "note 1  "));
        assertEquals(1, find(request(key("JOO-1"))).rows().get(0).events().size());
        new BuildChangeSets(stores.environment()).build(DATASET, Optional.empty(), Progress.NONE);
        HistoryAnswer answer = find(request(key("JOO-1")));
        assertEquals(1, answer.rows().get(0).events().size());
    }

    @Test
    void aRowWithoutAnEventInTheQuestionIsStillFound() {
        saveStates();
        List<RowHistory> rows = find(request(key("JOO-3"))
                        .withColumns(Set.of("NOTE"))
                        .within(Optional.of(Instant.parse("2026-08-02T00:00:00Z")), Optional.empty()))
                .rows();
        assertEquals(1, rows.size());
        assertEquals(List.of(), rows.get(0).events());
        assertEquals(Map.of("ORDER", Optional.of("JOO-3")), rows.get(0).key());
        assertEquals(List.of(), find(request(key("JOO-77"))).rows());
    }

    @Test
    void eachCellIsBlamedEvenIfItWasAlwaysNull() {
        saveStates();
        BlameAnswer answer =
                new FindHistory(stores.environment()).blame(DATASET, Optional.empty(), key("JOO-1", "JOO-3"));
        Map<String, RowBlame.Since> changed = answer.rows().get(0).cells();
        assertEquals(List.of("ORDER", "CUSTOMER", "QTY", "NOTE"), List.copyOf(changed.keySet()));
        assertEquals(RowEvent.Kind.FIRST, changed.get("QTY").event().kind());
        assertEquals(RowEvent.Kind.CHANGED, changed.get("NOTE").event().kind());
        RowBlame.Since never = answer.rows().get(1).cells().get("NOTE");
        assertEquals(Optional.empty(), never.value());
        assertEquals(RowEvent.Kind.FIRST, never.event().kind());
    }

    @Test
    void aColumnThatNoSnapshotHasIsRefusedAndOneThatWentIsNot() {
        save(1, Orders.numbered(50));
        save(2, Orders.numbered(50).dropColumn("QTY"));
        assertEquals(
                1, find(request(new RowSelection.WithValue("QTY", "7"))).rows().size());
        SnapshotException refused = assertThrows(
                SnapshotException.class, () -> find(request(key("JOO-1")).withColumns(Set.of("QTTY"))));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertTrue(refused.getMessage().contains("did you mean 'QTY'?"), refused.getMessage());
    }

    @Test
    void aKeyIsFoundInEachTypeOfItsColumn() {
        Orders numbers = new Orders().column("ORDER", ColumnType.INT32);
        save(1, numbers.set(put(numbers, "17"), "ORDER", 17));
        Orders texts = new Orders().put("17", "GREYSON", 1, "x");
        save(2, texts);
        List<RowHistory> rows = find(request(key("17"))).rows();
        assertEquals(2, rows.size());
        assertEquals(RowEvent.Kind.DELETED, rows.get(0).events().get(1).kind());
        assertEquals(RowEvent.Kind.NEW, rows.get(1).events().get(0).kind());
    }

    private static String put(Orders orders, String order) {
        orders.put(order, "GREYSON", 1, "x");
        return order;
    }

    @Test
    void rowsOfAStateAreThoseThatItHad() {
        saveStates();
        ShowRows show = new ShowRows(stores.environment());
        SnapshotReference second = new SnapshotReference.AsOf(Instant.parse("2026-08-02T12:00:00Z"));
        ShownRows found = show.show(DATASET, Optional.empty(), second, key("JOO-2", "JOO-1", "JOO-77"));
        assertEquals(
                List.of(Optional.of("second"), Optional.of("note 2")),
                found.rows().stream().map(row -> row.get("NOTE")).toList());
        assertEquals(Optional.of("2"), found.rows().get(1).get("QTY"));
        assertEquals(
                1,
                show.show(
                                DATASET,
                                Optional.empty(),
                                new SnapshotReference.Current(),
                                new RowSelection.WithValue("QTY", "99"))
                        .rows()
                        .size());
        assertThrows(
                SnapshotException.class,
                () -> show.show(DATASET, Optional.empty(), second, new RowSelection.WithValue("NOTHING", "1")));
    }
}
