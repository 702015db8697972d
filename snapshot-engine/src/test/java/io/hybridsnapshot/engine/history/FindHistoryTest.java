package io.hybridsnapshot.engine.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Orders;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.redaction.RowKeys;
import io.hybridsnapshot.engine.save.Consent;
import io.hybridsnapshot.engine.save.SaveRequest;
import io.hybridsnapshot.engine.save.SaveSnapshot;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The history of rows, by change sets and by files, against states that are compared by hand. */
class FindHistoryTest {
    private static final Instant FIRST = Instant.parse("2026-09-01T10:00:00Z");

    @TempDir
    Path directory;

    private final InMemoryWindowStore window = new InMemoryWindowStore();
    private final InMemoryArchiveStore archive = new InMemoryArchiveStore();
    private final List<Map<String, Map<String, Object>>> states = new ArrayList<>();
    private final List<ArchivedSnapshot> saved = new ArrayList<>();
    private SnapshotEnvironment environment;

    @BeforeEach
    void open() {
        environment = at(FIRST);
    }

    private SnapshotEnvironment at(Instant now) {
        return new SnapshotEnvironment(
                window,
                archive,
                new InMemorySnapshotCodec(),
                directory.resolve("work"),
                Clock.fixed(now, ZoneOffset.UTC),
                "test",
                16);
    }

    private void save(Orders orders) {
        environment = at(FIRST.plusSeconds(86_400L * states.size()));
        ArchivedSnapshot taken = new SaveSnapshot(environment)
                .save(
                        SaveRequest.of(Orders.DATASET, Partition.ALL).withConsents(EnumSet.allOf(Consent.class)),
                        orders.source())
                .archive()
                .orElseThrow();
        archive.publish(taken.id());
        saved.add(taken);
        states.add(Orders.rowsOf(orders.table()));
    }

    private void build() {
        new BuildChangeSets(environment).build(Orders.DATASET, Optional.empty(), Progress.NONE);
    }

    private static HistoryRequest byKeys(String... keys) {
        List<List<Optional<String>>> texts = new ArrayList<>();
        for (String key : keys) {
            texts.add(List.of(Optional.of(key)));
        }
        return new HistoryRequest(Orders.DATASET, Optional.empty(), new RowSelection.OfKeys(RowKeys.of(1, texts)));
    }

    private static HistoryRequest byValue(String column, String value) {
        return new HistoryRequest(Orders.DATASET, Optional.empty(), new RowSelection.WithValue(column, value));
    }

    private Map<String, List<String>> found(HistoryRequest request) {
        Map<String, List<String>> found = new TreeMap<>();
        for (RowHistory row : new FindHistory(environment).find(request).rows()) {
            List<String> events = row.events().stream()
                    .map(event -> event.kind() + " " + event.snapshot().id() + " " + cells(event.cells())
                            + event.columnsCame() + event.columnsWent())
                    .toList();
            assertEquals(null, found.put(row.key().get("ORDER").orElseThrow(), events));
        }
        return found;
    }

    private static Map<String, String> cells(List<CellChange> cells) {
        Map<String, String> texts = new TreeMap<>();
        cells.forEach(cell -> texts.put(cell.column(), cell.before() + " > " + cell.after()));
        return texts;
    }

    /** The history by hand. */
    private Map<String, List<String>> expected(Set<String> keys) {
        Map<String, List<String>> expected = new TreeMap<>();
        for (String key : keys) {
            List<String> events = new ArrayList<>();
            for (int i = 0; i < states.size(); i++) {
                Map<String, Object> before = i == 0 ? null : states.get(i - 1).get(key);
                Map<String, Object> after = states.get(i).get(key);
                String kind = kind(i, before, after);
                if (!kind.isEmpty()) {
                    events.add(kind + " " + saved.get(i).id() + " " + differences(before, after)
                            + (kind.equals("CHANGED") ? missing(i, i - 1) + "" + missing(i - 1, i) : "[][]"));
                }
            }
            if (!events.isEmpty()) {
                expected.put(key, events);
            }
        }
        return expected;
    }

    private String kind(int state, Map<String, Object> before, Map<String, Object> after) {
        if (state == 0) {
            return after == null ? "" : "FIRST";
        }
        if (before == null || after == null) {
            return before == null && after == null ? "" : before == null ? "NEW" : "DELETED";
        }
        boolean drift = !before.keySet().equals(after.keySet());
        return before.equals(after) && !drift ? "" : "CHANGED";
    }

    private List<String> missing(int in, int from) {
        Map<String, Object> one = states.get(in).values().iterator().next();
        Map<String, Object> other = states.get(from).values().iterator().next();
        return one.keySet().stream().filter(name -> !other.containsKey(name)).toList();
    }

    private static Map<String, String> differences(Map<String, Object> before, Map<String, Object> after) {
        Map<String, Object> left = before == null ? Map.of() : before;
        Map<String, Object> right = after == null ? Map.of() : after;
        Map<String, String> texts = new TreeMap<>();
        Set<String> names = new TreeSet<>(left.keySet());
        names.addAll(right.keySet());
        for (String name : names) {
            Optional<String> one = Optional.ofNullable(left.get(name)).map(Object::toString);
            Optional<String> other = Optional.ofNullable(right.get(name)).map(Object::toString);
            if (!one.equals(other)) {
                texts.put(name, one + " > " + other);
            }
        }
        return texts;
    }

    private void saveRandomStates(long seed, int count) {
        Random random = new Random(seed);
        Orders orders = Orders.numbered(20);
        for (int i = 0; i < count; i++) {
            save(orders);
            Orders next = orders.copy();
            for (int n = 0; n < 3; n++) {
                String key = "JOO-" + random.nextInt(25);
                boolean isThere = Orders.rowsOf(next.table()).containsKey(key);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        if (isThere) {
                            next.remove(key);
                        }
                    }
                    case 1 -> next.put(key, random.nextBoolean() ? "GREYSON" : "LATE", random.nextInt(5), null);
                    case 2 -> {
                        if (isThere) {
                            next.set(key, "QTY", random.nextInt(100));
                        }
                    }
                    default -> {
                        if (isThere) {
                            next.set(key, "NOTE", random.nextBoolean() ? null : "n" + random.nextInt(9));
                        }
                    }
                }
            }
            if (random.nextInt(4) == 0) {
                next.column("EXTRA", ColumnType.INT32);
                next.set(Orders.rowsOf(next.table()).keySet().iterator().next(), "EXTRA", random.nextInt(9));
            } else if (random.nextInt(6) == 0) {
                next.dropColumn("EXTRA");
            }
            orders = next;
        }
    }

    private static String[] allKeys() {
        String[] keys = new String[27];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "JOO-" + i;
        }
        return keys;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void changeSetsAndFilesTellTheSame(long seed) {
        saveRandomStates(seed, 12);
        Map<String, List<String>> expected = expected(Set.of(allKeys()));
        assertEquals(expected, found(byKeys(allKeys())), "by files alone");
        build();
        assertEquals(expected, found(byKeys(allKeys())), "by change sets");
        assertTrue(new FindHistory(environment).find(byKeys(allKeys())).changeSets() > 0, "none was used");
        archive.changeSets()
                .orElseThrow()
                .remove(List.of(saved.get(4).id(), saved.get(8).id()), "test");
        assertEquals(expected, found(byKeys(allKeys())), "by some change sets");
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void aCarriedValueIsFoundInEveryState(long seed) {
        saveRandomStates(seed, 12);
        Set<String> keys = new TreeSet<>();
        for (Map<String, Map<String, Object>> state : states) {
            state.forEach((key, row) -> {
                if ("LATE".equals(row.get("CUSTOMER"))) {
                    keys.add(key);
                }
            });
        }
        Map<String, List<String>> expected = expected(keys);
        assertEquals(expected, found(byValue("CUSTOMER", "LATE")));
        build();
        assertEquals(expected, found(byValue("CUSTOMER", "LATE")));
        assertEquals(Map.of(), found(byValue("CUSTOMER", "NOBODY")));
    }

    @Test
    void eachCellIsBlamedOnTheEventThatBroughtIt() {
        Orders orders = Orders.numbered(4);
        save(orders);
        save(orders.copy().set("JOO-1", "QTY", 70));
        save(orders.copy().set("JOO-1", "QTY", 70).set("JOO-1", "NOTE", null));
        build();
        RowHistory history =
                new FindHistory(environment).find(byKeys("JOO-1")).rows().get(0);
        Map<String, String> blamed = new LinkedHashMap<>();
        RowBlame.of(history, List.of("ORDER", "CUSTOMER", "QTY", "NOTE"))
                .cells()
                .forEach((column, since) -> blamed.put(
                        column,
                        since.value().orElse("NULL") + " "
                                + since.event().snapshot().id()));
        ArchiveId first = saved.get(0).id();
        assertEquals(
                Map.of(
                        "ORDER", "JOO-1 " + first,
                        "CUSTOMER", "OTHER " + first,
                        "QTY", "70 " + saved.get(1).id(),
                        "NOTE", "NULL " + saved.get(2).id()),
                blamed);
    }

    @Test
    void aRowThatWentAndCameBackHasOneHistory() {
        Orders orders = Orders.numbered(3);
        save(orders);
        save(orders.copy().remove("JOO-2"));
        save(orders.copy().remove("JOO-2").set("JOO-0", "QTY", 9));
        save(orders);
        build();
        RowHistory history =
                new FindHistory(environment).find(byKeys("JOO-2")).rows().get(0);
        assertEquals(
                List.of(RowEvent.Kind.FIRST, RowEvent.Kind.DELETED, RowEvent.Kind.NEW),
                history.events().stream().map(RowEvent::kind).toList());
        assertTrue(new FindHistory(environment)
                .blame(Orders.DATASET, Optional.empty(), byKeys("JOO-2").rows())
                .rows()
                .get(0)
                .isThere());
    }

    @Test
    void columnsAndTimeNarrowTheAnswer() {
        Orders orders = Orders.numbered(3);
        save(orders);
        save(orders.copy().set("JOO-1", "QTY", 5));
        save(orders.copy().set("JOO-1", "QTY", 5).set("JOO-1", "NOTE", "x"));
        build();
        HistoryRequest all = byKeys("JOO-1");
        List<RowEvent> notes = new FindHistory(environment)
                .find(all.withColumns(Set.of("NOTE")))
                .rows()
                .get(0)
                .events();
        assertEquals(2, notes.size());
        assertEquals("NOTE", notes.get(1).cells().get(0).column());
        Instant second = saved.get(1).date();
        assertEquals(
                1,
                new FindHistory(environment)
                        .find(all.within(Optional.of(second), Optional.of(second)))
                        .rows()
                        .get(0)
                        .events()
                        .size());
    }

    @Test
    void anUnpublishedArchiveAndARemovedOneAreNotTold() {
        Orders orders = Orders.numbered(3);
        save(orders);
        save(orders.copy().set("JOO-1", "QTY", 5));
        save(orders.copy().set("JOO-1", "QTY", 6));
        build();
        archive.remove(List.of(saved.get(1).id()), "test");
        HistoryAnswer answer = new FindHistory(environment).find(byKeys("JOO-1"));
        assertEquals(2, answer.rows().get(0).events().size());
        assertEquals(
                List.of(HistoryGap.Kind.REMOVED),
                answer.gaps().stream().map(HistoryGap::kind).toList());
        assertFalse(archive.changeSets().orElseThrow().find(saved.get(2).id()).isPresent(), "its base is gone");
        build();
        assertTrue(archive.changeSets().orElseThrow().find(saved.get(2).id()).isPresent(), "from the neighbour");
        assertEquals(
                2,
                new FindHistory(environment)
                        .find(byKeys("JOO-1"))
                        .rows()
                        .get(0)
                        .events()
                        .size());
    }

    @Test
    void filesWithoutOneKeyGetNoChangeSet() {
        save(Orders.numbered(3));
        save(Orders.numbered(4));
        Map<String, BuildChangeSets.Outcome> outcomes = new TreeMap<>();
        for (String key : List.of("MISSING", "CUSTOMER", "NOTE", "ORDER")) {
            Dataset dataset = Dataset.of(Orders.DATASET.name(), List.of(key));
            outcomes.put(
                    key,
                    new BuildChangeSets(environment)
                            .build(dataset, Optional.empty(), Progress.NONE)
                            .get(0)
                            .outcome());
        }
        assertEquals(
                Map.of(
                        "MISSING", BuildChangeSets.Outcome.NO_KEY,
                        "CUSTOMER", BuildChangeSets.Outcome.NOT_KEYED,
                        "NOTE", BuildChangeSets.Outcome.NOT_KEYED,
                        "ORDER", BuildChangeSets.Outcome.BUILT),
                outcomes);
    }

    @Test
    void aDatasetWithoutArchivesIsAnError() {
        assertThrows(SnapshotException.class, () -> new FindHistory(environment).find(byKeys("JOO-1")));
    }
}
