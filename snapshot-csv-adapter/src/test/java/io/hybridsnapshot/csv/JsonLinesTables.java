package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes tables as JSON lines, without a library, so that the reader's is checked by another. */
final class JsonLinesTables {
    private JsonLinesTables() {}

    /** Every cell as a string, or a number or a boolean where the type is one; NULL as null. */
    static Path write(Path file, Schema schema, List<RowBatch> batches) {
        StringBuilder text = new StringBuilder();
        for (RowBatch batch : batches) {
            for (int row = 0; row < batch.rowCount(); row++) {
                for (int i = 0; i < schema.size(); i++) {
                    Column column = schema.column(i);
                    text.append(i == 0 ? '{' : ',')
                            .append(quoted(column.name()))
                            .append(':');
                    if (batch.vector(i).isNull(row)) {
                        text.append("null");
                    } else {
                        // The canonical text of a text column has no lone surrogate.
                        String cell = column.type().equals(ColumnType.TEXT)
                                ? ((BytesVector) batch.vector(i)).text(row)
                                : CellText.of(column.type(), batch.vector(i), row);
                        boolean bare = cell.matches("true|false|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");
                        text.append(bare && row % 2 == 0 ? cell : quoted(cell));
                    }
                }
                text.append(row % 3 == 0 ? "}\r\n" : "}\n");
            }
        }
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || c % 7 == 0) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
