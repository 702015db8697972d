package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class CsvRowSourceContractTest extends RowSourceContract {
    @TempDir
    Path directory;

    private int files;

    @Override
    protected RowSource sourceOf(Table table) {
        Path file = directory.resolve("table-" + files++ + ".csv");
        try (CsvRowWriter writer = CsvRowWriter.create(file, table.schema(), CsvLayout.DEFAULT)) {
            for (RowBatch batch : table.batches()) {
                writer.append(batch);
            }
            writer.finish();
        }
        CsvFormat format = CsvFormat.DEFAULT
                .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                .withTypes(Tables.types(table.schema()));
        return new CsvRowSource(file, format);
    }

    /** UTF-8 has no form for a lone surrogate. The writer's own test shows its replacement. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(RandomTables.Edge.LONE_SURROGATE);
    }
}
