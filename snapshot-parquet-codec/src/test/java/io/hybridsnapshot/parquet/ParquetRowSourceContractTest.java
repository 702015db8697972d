package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.Table;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class ParquetRowSourceContractTest extends RowSourceContract {
    @TempDir
    Path directory;

    private int files;

    @Override
    protected RowSource sourceOf(Table table) {
        Path file = directory.resolve("rows-" + files++ + ".parquet");
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, table.schema(), Map.of())) {
            table.batches().forEach(writer::append);
            writer.finish();
        }
        return new ParquetRowSource(file);
    }
}
