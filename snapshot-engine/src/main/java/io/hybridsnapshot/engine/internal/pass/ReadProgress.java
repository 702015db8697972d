package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.engine.pass.Progress;

/**
 * The progress of the reading of one source. The source tells which part of it was read, and the user of the rows how
 * many rows these are; together they give the number of rows to expect. One thread counts rows; the source may be read
 * in another one.
 */
public final class ReadProgress implements ReadListener {
    private final Progress progress;
    private final Progress.Step step;
    private volatile double part;
    private volatile long usual;
    private long rows;

    /** Reports rows as the amount of a step. */
    public ReadProgress(Progress progress, Progress.Step step) {
        this.progress = progress;
        this.step = step;
    }

    @Override
    public void at(Purpose purpose, long done, long total) {
        if (purpose == Purpose.TYPES) {
            progress.at(Progress.Step.INFERRING, done, total);
        } else {
            part = (double) done / total;
        }
    }

    /** Expects a number of rows from a source that does not tell how far its reading has come. */
    void expect(long count) {
        usual = count;
    }

    /** Counts rows that were read. */
    public void add(long more) {
        rows += more;
        progress.at(step, rows, expectedRows(rows));
    }

    /**
     * Estimates the number of rows in the source from those that were read.
     *
     * @return 0 if it is not known
     */
    public long expectedRows(long read) {
        double now = part;
        if (now == 0) {
            return read > usual ? 0 : usual;
        }
        return Math.max(read, Math.round(read / now));
    }
}
