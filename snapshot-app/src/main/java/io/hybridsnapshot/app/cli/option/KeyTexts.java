package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads keys of rows from the command line or a file. Errors name the place of a key and never the key. Stateless. */
public final class KeyTexts {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private KeyTexts() {}

    /**
     * The key given in an option. With one key column, the key is the unchanged text. With several, the text is a line
     * of CSV, without NULL and with {@code ""} for an empty text.
     *
     * @throws SnapshotException INVALID_REQUEST for a quote that is not closed or stands within a value
     */
    public static List<Optional<String>> ofOption(String text, int columns) {
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
        return SnapshotException.invalidRequest("option --key")
                .actual("quotes that do not match")
                .expected(
                        "one value for each key column, separated by commas; a value with a comma or a quote in double"
                                + " quotes, and its quotes doubled")
                .build();
    }

    /**
     * The keys of a file. A {@code .csv}, {@code .tsv} (both {@code .gz} too) or {@code .parquet} file gives its key
     * columns. Any other file gives one key per line.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist, lacks a key column, is not UTF-8, or has
     *     lines although the key has several columns
     */
    public static List<List<Optional<String>>> ofFile(Path file, List<String> keyColumns) {
        RowFiles.requireNoDirectory(file);
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.matches(".*\\.((csv|tsv)(\\.gz)?|parquet)") ? ofRows(file, keyColumns) : ofLines(file, keyColumns);
    }

    private static List<List<Optional<String>>> ofRows(Path file, List<String> keyColumns) {
        CsvSection csv =
                new CsvSection(Optional.empty(), Optional.empty(), Optional.of(CsvSection.EmptyCell.UNQUOTED_NULL));
        DatasetSection section = new DatasetSection(
                Optional.of(RowSources.ofFile(file)),
                // The check below describes such a file better than the source can.
                List.of(),
                List.of(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Map.of(),
                Optional.of(ColumnType.TEXT),
                csv,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        RowSources files = new RowSources((server, description, query) -> {
            throw new IllegalStateException("a file has no server");
        });
        List<List<Optional<String>>> keys = new ArrayList<>();
        try (RowStream rows = files.of("keys", section).open(ReadOptions.ALL)) {
            requireColumns(rows.schema(), file, keyColumns);
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

    private static String shown(List<String> names) {
        String all = String.join(", ", names);
        return "'" + DisplayText.escaped(all.length() > 100 ? all.substring(0, 100) + "…" : all) + "'";
    }

    private static void requireColumns(Schema schema, Path file, List<String> keyColumns) {
        for (String column : keyColumns) {
            if (schema.find(column).isEmpty()) {
                throw SnapshotException.invalidRequest("the file of keys lacks a key column")
                        .where(file.toString())
                        .actual("no column '" + column + "' in its header: " + shown(schema.names()))
                        .expected("the columns " + keyColumns)
                        .nextStep("correct the header; a file of one key a line has another name, for example keys.txt")
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

    private static List<List<Optional<String>>> ofLines(Path file, List<String> keyColumns) {
        if (keyColumns.size() > 1) {
            throw SnapshotException.invalidRequest("a file of lines cannot hold keys of several columns")
                    .where(file.toString())
                    .expected("a .csv, .tsv or .parquet file with the columns " + keyColumns)
                    .build();
        }
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
