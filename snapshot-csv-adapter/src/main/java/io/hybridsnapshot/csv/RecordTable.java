package io.hybridsnapshot.csv;

/**
 * The cells of a file of records.
 *
 * @param file the file
 * @param nullTexts the texts that stand for NULL
 */
record RecordTable(RecordFile file, NullTexts nullTexts) implements CellTable {
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
        return new RecordPass(this);
    }
}
