package io.hybridsnapshot.engine.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables without a dataset: the key is found, and rows that it does not identify are set apart. */
class CompareTablesTest {
    @TempDir
    Path directory;

    private SnapshotEnvironment environment() {
        return SnapshotEnvironment.onFirstUse(
                        () -> {
                            throw new IllegalStateException("a window is not needed");
                        },
                        () -> {
                            throw new IllegalStateException("an archive is not needed");
                        },
                        new InMemorySnapshotCodec(),
                        directory)
                .withClock(Clock.systemUTC());
    }

    /** A table of texts and integers: a cell is a text, a number or null. */
    private static RowSource table(String name, List<String> columns, Object[]... rows) {
        List<Column> types = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int at = column;
            boolean numbers = Arrays.stream(rows).anyMatch(row -> row[at] instanceof Integer);
            types.add(new Column(columns.get(column), numbers ? ColumnType.INT64 : ColumnType.TEXT));
        }
        Schema schema = Schema.of(types);
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, Math.max(1, rows.length));
        for (Object[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                if (row[column] == null) {
                    vectors.get(column).appendNull();
                } else if (vectors.get(column) instanceof LongVector numbers) {
                    numbers.append((Integer) row[column]);
                } else {
                    ((BytesVector) vectors.get(column)).append((String) row[column]);
                }
            }
        }
        List<RowBatch> batches = rows.length == 0 ? List.of() : List.of(new RowBatch(schema, vectors));
        return new InMemoryRowSource(name, new Table(schema, batches));
    }

    private static Object[] row(Object... cells) {
        return cells;
    }

    private TablesReport compare(RowSource before, RowSource after, String... key) {
        return new CompareTables(environment())
                .compare(TablesRequest.of(before, after).withKey(List.of(key)));
    }

    @Test
    void aColumnNamedLikeAKeyIsPreferredToTheLeftmost() {
        List<String> columns = List.of("name", "amount", "orderNumber");
        TablesReport report = compare(
                table("a", columns, row("x", 1, 10), row("y", 1, 11)),
                table("b", columns, row("x", 1, 10), row("z", 2, 11), row("w", 1, 12)));
        assertEquals(List.of("orderNumber"), report.key());
        assertTrue(report.keyFound());
        assertEquals(List.of(List.of("name")), report.otherKeys());
        assertEquals(new DeltaSummary(1, 1, 1, 0), report.delta().counts());
        assertEquals(RowsApart.NONE, report.apartBefore());
    }

    @Test
    void aColumnWithARepeatedValueOrANullInEitherTableIsNoKey() {
        List<String> columns = List.of("id", "key", "other");
        TablesReport report = compare(
                table("a", columns, row("1", "k1", "o1"), row("2", "k2", "o2")),
                table("b", columns, row("1", "k1", "o1"), row("1", null, "o2")));
        assertEquals(List.of("other"), report.key());
        assertEquals(List.of(), report.otherKeys());
    }

    @Test
    void aRepetitionBehindTheFirstRowsCountsToo() {
        int rows = 40_000;
        Object[][] cells = IntStream.range(0, rows)
                .mapToObj(i -> row(i == rows - 1 ? 0 : i, "n" + i))
                .toArray(Object[][]::new);
        List<String> columns = List.of("id", "name");
        assertEquals(
                List.of(List.of("name")),
                new InspectTable(environment())
                        .inspect(table("a", columns, cells))
                        .keys());
    }

    @Test
    void twoColumnsAreTriedWhereNoneIsAKey() {
        List<String> columns = List.of("day", "customer", "amount");
        TablesReport report = compare(
                table("a", columns, row("mo", "x", 1), row("mo", "y", 1), row("tu", "x", 1)),
                table("b", columns, row("mo", "x", 1), row("mo", "y", 5), row("tu", "y", 1)));
        assertEquals(List.of("day", "customer"), report.key());
        assertEquals(new DeltaSummary(1, 1, 1, 1), report.delta().counts());
    }

    @Test
    void noKeyIsAnErrorThatTellsWhatToDo() {
        List<String> columns = List.of("a");
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> compare(table("a", columns, row("1"), row("1")), table("b", columns, row("1"))));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("a and b"), error.getMessage());
        assertTrue(error.getMessage().contains("name the columns that identify a row"), error.getMessage());
    }

    @Test
    void emptyTablesHaveTheLikeliestKey() {
        List<String> columns = List.of("name", "id");
        TablesReport report = compare(table("a", columns), table("b", columns));
        assertEquals(List.of("id"), report.key());
        assertEquals(new DeltaSummary(0, 0, 0, 0), report.delta().counts());
    }

    @Test
    void rowsWithARepeatedOrMissingKeyAreSetApartInBothTablesAndTheRestIsCompared() {
        List<String> columns = List.of("id", "name");
        TablesReport report = compare(
                table("a", columns, row(1, "x"), row(2, "y"), row(2, "z"), row(3, "u"), row(null, "n")),
                table("b", columns, row(1, "X"), row(2, "y"), row(4, "v"), row(4, "w"), row(4, "q"), row(3, "u")),
                "id");
        assertEquals(List.of("id"), report.key());
        assertEquals(new DeltaSummary(0, 1, 1, 0), report.delta().counts());
        assertEquals(1, report.apartBefore().withoutKey());
        assertEquals(2, report.apartBefore().repeated());
        assertEquals(0, report.apartAfter().withoutKey());
        assertEquals(4, report.apartAfter().repeated());
        assertEquals(
                List.of(
                        new RowsApart.Example("row 2", Map.of("id", Optional.of("2"))),
                        new RowsApart.Example("row 3", Map.of("id", Optional.of("2"))),
                        new RowsApart.Example("row 5", Map.of("id", Optional.empty()))),
                report.apartBefore().examples());
        assertEquals(
                List.of("row 2", "row 3", "row 4", "row 5"),
                report.apartAfter().examples().stream()
                        .map(RowsApart.Example::place)
                        .toList());
        assertTrue(report.delta().details().orElseThrow().examples().stream()
                .allMatch(example -> example.kind() == ChangeKind.CHANGED));
    }

    @Test
    void aKeyColumnThatIsMissingIsAnError() {
        RowSource table = table("a", List.of("id"), row(1));
        SnapshotException error = assertThrows(SnapshotException.class, () -> compare(table, table, "ID"));
        assertTrue(error.getMessage().contains("did you mean 'id'"), error.getMessage());
    }

    @Test
    void decimalsAndDatesAreNoKeys() {
        Schema schema =
                Schema.of(List.of(new Column("id", ColumnType.decimal(10, 2)), new Column("uuid", ColumnType.DATE)));
        RowSource empty = new InMemoryRowSource("a", new Table(schema, List.of()));
        assertEquals(List.of(), new InspectTable(environment()).inspect(empty).keys());
    }

    @Test
    void aTableIsShownWithTypesAndNulls() {
        TableProfile profile = new InspectTable(environment())
                .inspect(table("a", List.of("id", "name"), row(1, null), row(2, "x"), row(3, null)));
        assertEquals(3, profile.rows());
        assertEquals(
                List.of(
                        new TableProfile.OfColumn(new Column("id", ColumnType.INT64), 0),
                        new TableProfile.OfColumn(new Column("name", ColumnType.TEXT), 2)),
                profile.columns());
        assertEquals(List.of(List.of("id")), profile.keys());
    }

    @Test
    void aKeyOfAnotherTypeIsTheSameKey() {
        List<String> columns = List.of("id", "name");
        TablesReport report = compare(
                table("a", columns, row("1", "x"), row("2", "y"), row("2", "z")),
                table("b", columns, row(1, "x"), row(2, "y")),
                "id");
        assertEquals(new DeltaSummary(0, 0, 1, 0), report.delta().counts());
        assertEquals(1, report.apartAfter().repeated());
    }

    @Test
    void columnsNamedLikeTheWindowsOwnAreComparedAsAllOthers() {
        List<String> columns = List.of("id", "snapshot_date", "row_hash");
        TablesReport report =
                compare(table("a", columns, row(1, "2026-01-01", "x")), table("b", columns, row(1, "2026-01-02", "x")));
        assertEquals(new DeltaSummary(0, 1, 0, 0), report.delta().counts());
    }

    @Test
    void aKeyBehindFourColumnsThatRepeatLateIsFound() {
        int rows = 20_000;
        Object[][] cells = IntStream.range(0, rows)
                .mapToObj(i -> {
                    String early = "n" + (i == rows - 1 ? 0 : i);
                    return row(early, early, early, early, early, "e" + i);
                })
                .toArray(Object[][]::new);
        List<String> columns = List.of("a", "b", "c", "d", "f", "e");
        assertEquals(
                List.of(List.of("e")),
                new InspectTable(environment())
                        .inspect(table("a", columns, cells))
                        .keys());
    }

    @Test
    void aKeyMayBeTextInOneTableAndANumberInTheOther() {
        List<String> columns = List.of("id", "name");
        TablesReport report = compare(
                table("a", columns, row("1", "x"), row("2", "y")), table("b", columns, row(1, "x"), row(2, "z")));
        assertEquals(List.of("id"), report.key());
        assertEquals(new DeltaSummary(0, 1, 1, 0), report.delta().counts());
    }

    @Test
    void aKeyOfTwoColumnsMayBeNullInOne() {
        List<String> columns = List.of("id", "part", "name");
        TablesReport report = compare(
                table("a", columns, row(1, null, "x"), row(null, null, "y")),
                table("b", columns, row(1, null, "z")),
                "id",
                "part");
        assertEquals(new DeltaSummary(0, 1, 0, 0), report.delta().counts());
        assertEquals(1, report.apartBefore().withoutKey());
    }

    private TablesReport compare(TablesRequest request) {
        return new CompareTables(environment()).compare(request);
    }

    @Test
    void onlyRowsThatMeetTheConditionsAreCompared() {
        List<String> columns = List.of("id", "status", "amount");
        TablesRequest all = TablesRequest.of(
                table("a", columns, row("1", "open", 5), row("2", "done", 5), row("3", "open", 9), row("4", null, 5)),
                table(
                        "b",
                        columns,
                        row("1", "open", 6),
                        row("2", "done", 6),
                        row("3", "done", 9),
                        row("5", "open", 1)));
        TablesReport report = compare(all.withConditions(List.of(RowCondition.parse("status=open"))));
        // Row 3 left the part that is compared.
        assertEquals(new DeltaSummary(1, 1, 0, 1), report.delta().counts());
        report = compare(
                all.withConditions(List.of(RowCondition.parse("status!=done"), RowCondition.parse("amount<6"))));
        assertEquals(new DeltaSummary(1, 0, 0, 2), report.delta().counts());
    }

    @Test
    void aKeyNeedsToIdentifyOnlyTheRowsThatMeetTheConditions() {
        List<String> columns = List.of("id", "part", "amount");
        TablesRequest all = TablesRequest.of(
                table("a", columns, row("1", "x", 5), row("1", "y", 6), row("2", "x", 5)),
                table("b", columns, row("1", "x", 5), row("1", "y", 6), row("2", "x", 7)));
        assertEquals(List.of("id", "part"), compare(all).key());
        TablesReport report = compare(all.withConditions(List.of(RowCondition.parse("part=x"))));
        assertEquals(List.of("id"), report.key());
        assertEquals(new DeltaSummary(0, 1, 1, 0), report.delta().counts());
        // A named key is checked on these rows too, and the rows set apart are among them.
        report = compare(all.withKey(List.of("part")).withConditions(List.of(RowCondition.parse("id=1"))));
        assertEquals(RowsApart.NONE, report.apartBefore());
        report = compare(all.withKey(List.of("amount")).withConditions(List.of(RowCondition.parse("part=x"))));
        assertEquals(2, report.apartBefore().repeated());
        assertEquals("row 1", report.apartBefore().examples().get(0).place());
        assertEquals("row 3", report.apartBefore().examples().get(1).place());
    }

    @Test
    void aConditionThatFitsNoTableIsAnErrorThatNamesTheTable() {
        RowSource a = table("a", List.of("id", "status", "amount"), row("1", "open", 5));
        RowSource b = table("b", List.of("id", "state", "amount"), row("1", "open", 5));
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> compare(TablesRequest.of(a, b).withConditions(List.of(RowCondition.parse("status=open")))));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertEquals(Optional.of("b"), error.where());
        error = assertThrows(
                SnapshotException.class,
                () -> compare(TablesRequest.of(a, b).withConditions(List.of(RowCondition.parse("amount>many")))));
        assertTrue(error.getMessage().contains("a value of the type int64"), error.getMessage());
    }

    @Test
    void aRenamedColumnIsComparedWithItsCounterpart() {
        TablesRequest all = TablesRequest.of(
                table("a", List.of("id", "client", "city"), row("1", "x", "u"), row("2", "y", "u")),
                table("b", List.of("number", "customer", "city"), row("1", "x", "u"), row("2", "z", "u")));
        TablesReport report = compare(all.withRenames(new ColumnRenames(Map.of("id", "number", "client", "customer")))
                .withConditions(List.of(RowCondition.parse("number=2"))));
        assertEquals(List.of("number"), report.key());
        assertTrue(report.delta().drift().isEmpty());
        assertEquals(new DeltaSummary(0, 1, 0, 0), report.delta().counts());
        assertEquals(
                "customer",
                report.delta().details().orElseThrow().columns().get(0).column());
    }

    @Test
    void aRenamingThatFitsNoTableIsAnError() {
        RowSource a = table("a", List.of("id", "client"), row("1", "x"));
        RowSource b = table("b", List.of("id", "customer"), row("1", "x"));
        Map.of(
                        Map.of("clint", "customer"), "did you mean 'client'?",
                        Map.of("client", "custom"), "did you mean 'customer'?",
                        Map.of("client", "id"), "two columns would have one name")
                .forEach((names, said) -> {
                    SnapshotException error = assertThrows(
                            SnapshotException.class,
                            () -> compare(TablesRequest.of(a, b).withRenames(new ColumnRenames(names))));
                    assertEquals(Kind.INVALID_REQUEST, error.kind());
                    assertTrue(error.getMessage().contains(said), error.getMessage());
                });
    }
}
