package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tests' operations on tables: they are read into lists of texts, where NULL is null. */
final class Tables {
    private Tables() {}

    static Path file(Path directory, String content) {
        return file(directory, content.getBytes(StandardCharsets.UTF_8));
    }

    static Path file(Path directory, byte[] content) {
        try {
            return Files.write(directory.resolve("table.csv"), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<List<String>> read(Path file, CsvFormat format, ReadOptions options) {
        return readAll(new CsvRowSource(file, format), options);
    }

    static List<List<String>> readAll(RowSource source, ReadOptions options) {
        List<List<String>> rows = new ArrayList<>();
        try (RowStream stream = source.open(options)) {
            for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                rows.addAll(rows(batch.get()));
            }
        }
        return rows;
    }

    static Schema schema(Path file, CsvFormat format) {
        try (RowStream stream = new CsvRowSource(file, format).open(ReadOptions.ALL)) {
            return stream.schema();
        }
    }

    static List<List<String>> rows(RowBatch batch) {
        List<List<String>> rows = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < batch.schema().size(); column++) {
                boolean isNull = batch.vector(column).isNull(row);
                ColumnType type = batch.schema().column(column).type();
                cells.add(isNull ? null : CellText.of(type, batch.vector(column), row));
            }
            rows.add(cells);
        }
        return rows;
    }

    static Map<String, ColumnType> types(Schema schema) {
        Map<String, ColumnType> types = new LinkedHashMap<>();
        schema.columns().forEach(column -> types.put(column.name(), column.type()));
        return types;
    }
}
