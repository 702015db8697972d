package io.hybridsnapshot.engine.internal.selection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.TypedText;
import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows that meet conditions, for every type of column. */
class SelectedRowsTest {
    /** A table of one column; a dot stands for NULL, and the cells are separated by bars. */
    private static Table column(ColumnType type, String cells) {
        Schema schema = Schema.of(new Column("V", type));
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, 8);
        for (String cell : cells.split("\\|", -1)) {
            if (cell.equals(".")) {
                vectors.get(0).appendNull();
            } else {
                TypedText.cell(type, cell).orElseThrow().accept(vectors.get(0));
            }
        }
        return new Table(schema, List.of(new RowBatch(schema, vectors)));
    }

    private static String selected(Table table, String... conditions) {
        List<RowCondition> parsed =
                Stream.of(conditions).map(RowCondition::parse).toList();
        SelectedRows.requireFit(parsed, table.schema(), "t");
        RowSource rows = new SelectedRows(new InMemoryRowSource("t", table), parsed);
        List<String> cells = new ArrayList<>();
        try (RowStream stream = rows.open(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                RowBatch batch = next.get();
                for (int row = 0; row < batch.rowCount(); row++) {
                    cells.add(
                            batch.vector(0).isNull(row)
                                    ? "."
                                    : CellText.of(batch.schema().column(0).type(), batch.vector(0), row));
                }
            }
        }
        return cells.stream().collect(Collectors.joining("|"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "text;b|a|.|;V=a;a",
                "text;b|a|.|;V!=a;b|.|",
                "text;b|a|.|;V=;.|",
                "text;b|a|.|;V!=;b|a",
                "text;b|a|.|;V<b;a|",
                "text;b|a|.|;V<=b;b|a|",
                "text;b|a|.|;V>a;b",
                "text;b|a|.|;V>=a;b|a",
                "text;a|ab|Z|é|𝄞|ﬀ;V>é;𝄞|ﬀ",
                "text;a|ab|Z|é|𝄞|ﬀ;V>ﬀ;𝄞",
                "text;SO-1|SO-20|XSO-1;V~^SO-1;SO-1",
                "text;SO-1|SO-20|XSO-1;V~SO-.$;SO-1|XSO-1",
                "int32;1|10|-3|.;V=10;10",
                "int32;1|10|-3|.;V=10.0;10",
                "int32;1|10|-3|.;V=+010;10",
                "int32;1|10|-3|.;V=1.5;``",
                "int32;1|10|-3|.;V<1.5;1|-3",
                "int32;1|10|-3|.;V>1.5;10",
                "int32;1|10|-3|.;V>=-3.5;1|10|-3",
                "int32;1|10|-3|.;V<=-2.5;-3",
                "int32;1|10|-3|.;V!=1;10|-3|.",
                "int32;1|10|-3|.;V=;.",
                "int32;1|10|-3|.;V!=;1|10|-3",
                "int32;1|10|-3|.;V~1;1|10",
                "int8;-128|127;V<99999999999999999999999;-128|127",
                "int8;-128|127;V>-99999999999999999999999;-128|127",
                "int64;-9223372036854775808|9223372036854775807;V>-9223372036854775809;"
                        + "-9223372036854775808|9223372036854775807",
                "int64;-9223372036854775808|9223372036854775807;V>=9223372036854775807;9223372036854775807",
                "int64;-9223372036854775808|9223372036854775807;V>=9223372036854775807.5;``",
                "decimal(10,2);1.00|1.01|-1.00|.;V>1;1.01",
                "decimal(10,2);1.00|1.01|-1.00|.;V=1.0;1.00",
                "decimal(10,2);1.00|1.01|-1.00|.;V>1.005;1.01",
                "decimal(10,2);1.00|1.01|-1.00|.;V<-0.995;-1.00",
                "decimal(38,2);100000000000000000000.00|1.00;V>1.005;100000000000000000000.00",
                "float64;0.1|-0|NaN|.;V=0.1;0.1",
                "float64;0.1|-0|NaN|.;V=0;-0",
                "float64;0.1|-0|NaN|.;V<0.1;-0",
                "float64;0.1|-0|NaN|.;V!=0.1;-0|NaN|.",
                "float64;1e-05|1e+16|NaN|.;V>=1e-05;1e-05|1e+16|NaN",
                "float64;1e-05|1e+16|NaN|.;V=NaN;NaN",
                "float64;1e-05|-Infinity;V<=-Infinity;-Infinity",
                "float32;0.1|0.2;V=0.1;0.1",
                "boolean;true|false|.;V=true;true",
                "boolean;true|false|.;V!=true;false|.",
                "date;2026-01-31|2026-02-01;V>2026-01-31;2026-02-01",
                "time;09:00:00|17:30:00;V<=09:00:00;09:00:00",
                "timestamp(3);2026-01-31 00:00:00|2026-01-31 08:00:00.5;V>2026-01-31;2026-01-31 08:00:00.5",
                "timestamp(3);2026-01-31 00:00:00|2026-01-31 08:00:00.5;V<2026-01-31 08:00:00.6;"
                        + "2026-01-31 00:00:00|2026-01-31 08:00:00.5",
                "instant(3);2026-01-31T00:00:00Z|2026-01-31T08:00:00Z;V=2026-01-31T09:00:00+01:00;"
                        + "2026-01-31T08:00:00Z",
                "instant(3);2026-01-31T00:00:00Z|2026-01-31T08:00:00Z;V<=2026-01-31;2026-01-31T00:00:00Z",
                "uuid;123e4567-e89b-12d3-a456-426614174000|.;V=123E4567-E89B-12D3-A456-426614174000;"
                        + "123e4567-e89b-12d3-a456-426614174000",
                "uuid;123e4567-e89b-12d3-a456-426614174000|.;V~^123;123e4567-e89b-12d3-a456-426614174000",
                "binary;00ff|01;V=00FF;00ff"
            })
    void theTypeDecidesTheOrder(String type, String cells, String condition, String expected) {
        assertEquals(expected, selected(column(ColumnType.parse(type), cells), condition));
    }

    @Test
    void allConditionsHold() {
        Table table = column(ColumnType.INT32, "1|2|3|4|5|.");
        assertEquals("2|4", selected(table, "V>1", "V<5", "V!=3", "V!="));
        assertEquals("", selected(table, "V>4", "V<2"));
    }

    @ParameterizedTest
    @CsvSource({
        "int32, V=x",
        "int32, V<x",
        "date, V>2026-02-30",
        "boolean, V=yes",
        "uuid, V=1",
        "boolean, V<true",
        "uuid, V>=123e4567-e89b-12d3-a456-426614174000",
        "binary, V<00",
        "int32, W=1",
        "int32, v=1"
    })
    void aConditionThatDoesNotFitIsRefused(String type, String condition) {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> SelectedRows.requireFit(
                        List.of(RowCondition.parse(condition)),
                        Schema.of(new Column("V", ColumnType.parse(type))),
                        "t.csv"));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains(condition), error.getMessage());
    }

    @Test
    void aConditionNeedsNoneOfTheColumnsThatAreRead() {
        Table table = RandomTables.seeded(1).everyType(300, 70);
        RowSource source = new InMemoryRowSource("t", table);
        String first = table.schema().names().get(0);
        String last = table.schema().names().get(table.schema().size() - 1);
        // Whole rows of the same condition show which rows of the column are expected.
        List<RowCondition> conditions = List.of(RowCondition.parse("\"" + first + "\"="));
        Table whole;
        Table narrow;
        try (RowStream rows = new SelectedRows(source, conditions).open(ReadOptions.ALL)) {
            whole = Table.read(rows);
        }
        try (RowStream rows = new SelectedRows(source, conditions).open(ReadOptions.ALL.withColumns(List.of(last)))) {
            assertEquals(List.of(last), rows.schema().names());
            narrow = Table.read(rows);
        }
        assertTrue(whole.batches().size() > 0, "no row meets the condition");
        TableAssert.assertSameRows(whole.select(List.of(last)), narrow);
    }
}
