package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of one pass over a table of text cells. */
final class CellRowStream implements RowStream {
    private final CellPass pass;
    private final BatchFiller filler;
    private final Schema schema;
    private final ReadListener listener;
    private final long length;
    private boolean ended;

    CellRowStream(CellPass pass, BatchFiller filler, Schema schema, ReadListener listener, long length) {
        this.pass = pass;
        this.filler = filler;
        this.schema = schema;
        this.listener = listener;
        this.length = length;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        while (!filler.isFull()) {
            if (!pass.advance(filler.rowsLeft(), filler)) {
                ended = true;
                break;
            }
        }
        TypedCells.hear(listener, ReadListener.Purpose.ROWS, pass.position(), length);
        return filler.isEmpty() ? Optional.empty() : Optional.of(filler.take());
    }

    @Override
    public String place(long ordinal) {
        OptionalLong line = filler.lines().line(ordinal);
        return line.isPresent() ? pass.place(line.getAsLong()) : RowStream.super.place(ordinal);
    }

    @Override
    public Optional<String> remark() {
        return ended ? pass.remark() : Optional.empty();
    }

    @Override
    public void close() {
        pass.close();
    }
}
