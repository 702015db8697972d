package io.hybridsnapshot.csv;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The cells of a CSV file.
 *
 * @param file the file
 * @param format the form of its text
 * @param columns the names of the columns if the file has no header: of all columns, or none if they are numbered. Else
 *     empty
 */
record CsvTable(CsvFile file, CsvFormat format, Optional<List<String>> columns) implements CellTable {
    CsvTable {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(format, "format");
        columns = columns.map(List::copyOf);
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public boolean isRepeatable() {
        return file.isRepeatable();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public CellPass pass() {
        return new CsvPass(this);
    }
}
