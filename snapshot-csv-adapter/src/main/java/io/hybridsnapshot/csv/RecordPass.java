package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One pass over a file of records. A wrong record is an error after the reader has taken all records before it. */
final class RecordPass implements CellPass {
    private final RecordErrors errors;
    private final RecordStream stream;
    private final NullTexts nullTexts;
    private final RecordCells cells;
    private @Nullable SnapshotException broken;

    RecordPass(RecordTable table) {
        this.errors = new RecordErrors(table);
        this.nullTexts = table.nullTexts();
        this.stream = table.file().open();
        boolean whole = false;
        try {
            errors.read(stream);
            requireColumns();
            this.cells = new RecordCells(errors, stream.columns().size());
            whole = true;
        } finally {
            if (!whole) {
                stream.close();
            }
        }
    }

    private void requireColumns() {
        List<String> columns = stream.columns();
        if (columns.isEmpty()) {
            throw errors.noColumn();
        }
        if (columns.size() > MAX_COLUMNS) {
            throw errors.tooManyColumns(stream.firstNumber());
        }
        int nameless = columns.indexOf("");
        if (nameless >= 0) {
            throw errors.namelessColumn(stream.firstNumber(), nameless);
        }
    }

    @Override
    public CellErrors errors() {
        return errors;
    }

    @Override
    public List<String> readHeader() {
        return stream.columns();
    }

    @Override
    public long headerLine() {
        return stream.firstNumber();
    }

    @Override
    public boolean advance(int maxRows, CellReader reader) {
        if (broken != null) {
            throw broken;
        }
        cells.clear();
        try {
            while (cells.hasRoom(maxRows) && stream.next(cells)) {
                // The cells have the record.
            }
        } catch (SnapshotException e) {
            broken = e;
        }
        if (cells.rows() == 0) {
            if (broken != null) {
                throw broken;
            }
            return false;
        }
        CellBlock block = cells.block();
        nullTexts.mark(block);
        reader.read(block);
        return true;
    }

    @Override
    public long position() {
        return stream.position();
    }

    @Override
    public Optional<String> remark() {
        return stream.remark();
    }

    @Override
    public String place(long number) {
        return stream.place(number);
    }

    @Override
    public void close() {
        stream.close();
    }
}
