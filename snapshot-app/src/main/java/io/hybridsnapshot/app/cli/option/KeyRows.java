package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.app.config.CsvSection;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.RowFiles;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.dataset.TableForm;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.engine.redaction.KeyTexts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the keys of rows from a file, whose form it chooses by its name. Stateless. */
public final class KeyRows {
    private KeyRows() {}

    /**
     * The keys of a file. A file with the name of a table, such as {@code .csv} or {@code .parquet}, gives its key
     * columns. Any other file gives one key per line.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist, lacks a key column, is not UTF-8, or has
     *     lines although the key has several columns
     */
    public static List<List<Optional<String>>> read(Path file, List<String> keyColumns) {
        RowFiles.requireNoDirectory(file);
        if (TableForm.ofName(file).isPresent()) {
            return KeyTexts.ofRows(RowSources.ofFilesAlone().of("keys", section(file)), keyColumns);
        }
        if (keyColumns.size() > 1) {
            throw SnapshotException.invalidRequest("a file of lines cannot hold keys of several columns")
                    .where(file.toString())
                    .expected("a .csv, .tsv, .jsonl, .xlsx or .parquet file with the columns " + keyColumns)
                    .build();
        }
        return KeyTexts.ofLines(file);
    }

    private static DatasetSection section(Path file) {
        CsvSection csv =
                new CsvSection(Optional.empty(), Optional.empty(), Optional.of(CsvSection.EmptyCell.UNQUOTED_NULL));
        // Without a key: KeyTexts describes a file that lacks a key column better than the source can.
        return DatasetSection.builder()
                .source(Optional.of(RowSources.ofFile(file)))
                .defaultType(Optional.of(ColumnType.TEXT))
                .csv(csv)
                .build();
    }
}
