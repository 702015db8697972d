package io.hybridsnapshot.excel;

import io.hybridsnapshot.csv.CsvFormat;
import io.hybridsnapshot.csv.EmptyCells;
import io.hybridsnapshot.csv.RecordRowSource;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** All cells are texts, and the types are declared. */
class ExcelContractTest extends RowSourceContract {
    @TempDir
    Path directory;

    private int files;

    @Override
    protected RowSource sourceOf(Table table) {
        Path file = directory.resolve("table-" + files++ + ".xlsx");
        Workbooks.write(file, table.schema(), table.batches(), Workbooks.Cells.TEXTS);
        CsvFormat format = CsvFormat.DEFAULT
                .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                .withTypes(Workbooks.types(table.schema()));
        return new RecordRowSource(new ExcelFile(file), format);
    }

    /** A row without a value is no row of a sheet, and an empty text is no value. XML has no lone surrogate. */
    @Override
    protected RandomTables narrowed(RandomTables tables) {
        return tables.without(
                RandomTables.Edge.ROW_OF_NULLS, RandomTables.Edge.EMPTY_TEXT, RandomTables.Edge.LONE_SURROGATE);
    }
}
