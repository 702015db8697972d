package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/** The tests' views of rows: the type and the text of each cell. */
final class Cells {
    private Cells() {}

    static Table read(RowSource source) {
        return read(source, ReadOptions.ALL);
    }

    static Table read(RowSource source, ReadOptions options) {
        try (RowStream stream = source.open(options)) {
            return Table.read(stream);
        }
    }

    /** The only row: {@code type value} by column, in order. */
    static Map<String, String> row(RowSource source) {
        Table table = read(source);
        Assertions.assertEquals(1, table.rowCount());
        Map<String, String> cells = new LinkedHashMap<>();
        for (int i = 0; i < table.schema().size(); i++) {
            cells.put(
                    table.schema().column(i).name(),
                    table.schema().column(i).type() + " "
                            + text(table, table.batches().get(0), i, 0));
        }
        return cells;
    }

    /** The texts of a column. */
    static List<String> column(Table table, String name) {
        int column = table.schema().indexOf(name);
        List<String> texts = new ArrayList<>();
        for (RowBatch batch : table.batches()) {
            for (int row = 0; row < batch.rowCount(); row++) {
                texts.add(text(table, batch, column, row));
            }
        }
        return texts;
    }

    private static String text(Table table, RowBatch batch, int column, int row) {
        ColumnVector vector = batch.vector(column);
        return vector.isNull(row)
                ? "NULL"
                : CellText.of(table.schema().column(column).type(), vector, row);
    }

    /** The error of reading a source to its end. */
    static SnapshotException refusal(Kind kind, RowSource source) {
        SnapshotException error = Assertions.assertThrows(SnapshotException.class, () -> read(source));
        Assertions.assertEquals(kind, error.kind(), error::getMessage);
        return error;
    }

    static void assertMentions(SnapshotException error, String... texts) {
        for (String text : texts) {
            Assertions.assertTrue(error.getMessage().contains(text), () -> text + " in: " + error.getMessage());
        }
    }
}
