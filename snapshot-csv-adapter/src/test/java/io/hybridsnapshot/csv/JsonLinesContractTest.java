package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesContractTest extends RowSourceContract {
    @TempDir
    Path directory;

    private int files;

    @Override
    protected RowSource sourceOf(Table table) {
        Path path = JsonLinesTables.write(
                directory.resolve("table-" + files++ + ".jsonl"), table.schema(), table.batches());
        JsonLinesFile file = new JsonLinesFile(path);
        // A file without objects has no names.
        JsonLinesFile whole =
                table.rowCount() == 0 ? file.withColumns(table.schema().names()) : file;
        CsvFormat format = CsvFormat.DEFAULT
                .withEmptyCells(EmptyCells.UNQUOTED_EMPTY_IS_NULL)
                .withTypes(Tables.types(table.schema()));
        return new RecordRowSource(whole, format);
    }
}
