package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the texts of keys, which {@link RowKeys#of} takes: one text for each key column in its order, empty for NULL.
 * All keys are in memory. Errors name the place of a key and never the key. Stateless; safe to share between threads.
 */
public final class KeyTexts {
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int SHOWN_NAMES = 100;

    private KeyTexts() {}

    /**
     * Reads one key from one text. With one key column, the key is the unchanged text. With several, the text is a line
     * of CSV with commas: an empty value is NULL, and {@code ""} is an empty text.
     *
     * @param columns the number of key columns; {@link RowKeys#of} checks that the key has as many
     * @return the values of the key
     * @throws SnapshotException INVALID_REQUEST for a quote that is not closed or stands within a value
     */
    public static List<Optional<String>> ofText(String text, int columns) {
        return columns == 1 ? List.of(Optional.of(text)) : csvLine(text);
    }

    private static List<Optional<String>> csvLine(String text) {
        List<Optional<String>> cells = new ArrayList<>();
        int at = 0;
        while (true) {
            if (at < text.length() && text.charAt(at) == '"') {
                StringBuilder cell = new StringBuilder();
                int end = at + 1;
                while (end < text.length() && (text.charAt(end) != '"' || text.startsWith("\"\"", end))) {
                    cell.append(text.charAt(end));
                    end += text.charAt(end) == '"' ? 2 : 1;
                }
                at = end + 1;
                if (end >= text.length() || at < text.length() && text.charAt(at) != ',') {
                    throw notCsv();
                }
                cells.add(Optional.of(cell.toString()));
            } else {
                int end = text.indexOf(',', at);
                String cell = end < 0 ? text.substring(at) : text.substring(at, end);
                if (cell.indexOf('"') >= 0) {
                    throw notCsv();
                }
                cells.add(cell.isEmpty() ? Optional.empty() : Optional.of(cell));
                at = end < 0 ? text.length() : end;
            }
            if (at >= text.length()) {
                return cells;
            }
            at++;
        }
    }

    private static SnapshotException notCsv() {
        return SnapshotException.invalidRequest("a key of several columns cannot be read")
                .actual("quotes that do not match")
                .expected(
                        "one value for each key column, separated by commas; a value with a comma or a quote in double"
                                + " quotes, and its quotes doubled")
                .build();
    }

    /**
     * Reads the keys of a source, one a row. Other columns of the source are ignored. Opens, reads and closes the
     * source in the calling thread.
     *
     * @param keyColumns the key columns; the values of a key have their order
     * @return the keys in the source's order, with {@link CellText} as the form of a value
     * @throws SnapshotException INVALID_REQUEST if the source lacks a key column, and as the source throws
     */
    public static List<List<Optional<String>>> ofRows(RowSource source, List<String> keyColumns) {
        List<List<Optional<String>>> keys = new ArrayList<>();
        try (RowStream rows = source.open(ReadOptions.ALL)) {
            requireColumns(rows.schema(), source, keyColumns);
            Schema keySchema = rows.schema().select(keyColumns);
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get().select(keySchema);
                for (int row = 0; row < batch.rowCount(); row++) {
                    keys.add(key(batch, row));
                }
            }
        }
        return keys;
    }

    private static void requireColumns(Schema schema, RowSource source, List<String> keyColumns) {
        for (String column : keyColumns) {
            if (schema.find(column).isEmpty()) {
                throw SnapshotException.invalidRequest("the file of keys lacks a key column")
                        .where(source.description())
                        .actual("no column '" + column + "' in its header: '"
                                + SafeText.cut(String.join(", ", schema.names()), SHOWN_NAMES) + "'")
                        .expected("the columns " + keyColumns)
                        .nextStep("correct the header; for one key a line, use {0}", EngineRemedy.KEY_LINES)
                        .build();
            }
        }
    }

    private static List<Optional<String>> key(RowBatch batch, int row) {
        List<Optional<String>> key = new ArrayList<>(batch.schema().size());
        for (int column = 0; column < batch.schema().size(); column++) {
            key.add(
                    batch.vector(column).isNull(row)
                            ? Optional.empty()
                            : Optional.of(
                                    CellText.of(batch.schema().column(column).type(), batch.vector(column), row)));
        }
        return key;
    }

    /**
     * Reads the keys of a text file, one a line, for a key of one column. Blank lines and a byte order mark are left
     * out.
     *
     * @param file a file in UTF-8
     * @return the keys in the file's order
     * @throws SnapshotException INVALID_REQUEST if the file cannot be read or is not UTF-8
     */
    public static List<List<Optional<String>>> ofLines(Path file) {
        List<List<Optional<String>>> keys = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String key = keys.isEmpty() && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
                if (!key.isBlank()) {
                    keys.add(List.of(Optional.of(key)));
                }
            }
            return keys;
        } catch (CharacterCodingException e) {
            throw SnapshotException.invalidRequest("the file of keys is not UTF-8")
                    .where(file.toString())
                    .expected("UTF-8, one key a line")
                    .build();
        } catch (IOException e) {
            throw SnapshotException.invalidRequest("the file of keys cannot be read")
                    .where(file.toString())
                    .nextStep("check the path and the permissions")
                    .cause(e)
                    .build();
        }
    }
}
