package io.hybridsnapshot.csv;

/**
 * The cells of a CSV file.
 *
 * @param file the file
 * @param format the form of its text
 */
record CsvTable(CsvFile file, CsvFormat format) implements CellTable {
    @Override
    public String name() {
        return file.name();
    }

    @Override
    public boolean isRepeatable() {
        return file.isRepeatable();
    }

    @Override
    public CellPass pass() {
        return new CsvPass(this);
    }
}
