package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Optional;
import java.util.OptionalLong;

/** The rows of one pass over a CSV file. */
final class CsvRowStream implements RowStream {
    private final CsvPass pass;
    private final BatchFiller filler;
    private final Schema schema;
    private boolean cutUnnoticed;

    CsvRowStream(CsvPass pass, BatchFiller filler, Schema schema) {
        this.pass = pass;
        this.filler = filler;
        this.schema = schema;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        while (!filler.isFull()) {
            if (!pass.advance(filler.rowsLeft(), filler)) {
                cutUnnoticed = !pass.endsWithLineBreak();
                break;
            }
        }
        return filler.isEmpty() ? Optional.empty() : Optional.of(filler.take());
    }

    @Override
    public String place(long ordinal) {
        OptionalLong line = filler.lines().line(ordinal);
        return line.isPresent() ? "line " + line.getAsLong() : RowStream.super.place(ordinal);
    }

    /** A row that was cut within its last cell has all its fields, so the missing line end is all there is to see. */
    @Override
    public Optional<String> remark() {
        return cutUnnoticed
                ? Optional.of(
                        "the last line of the file has no line end: check that the file was not cut in its last cell")
                : Optional.empty();
    }

    @Override
    public void close() {
        pass.close();
    }
}
