package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.changeset.ChangeSetFormat;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes the lines of a change set's file. One thread; the caller closes the writer of the file. */
final class LineWriter {
    private static final byte[][] KINDS = kinds();
    private static final long MOST_BYTES = 4 << 20;

    private final SnapshotWriter file;
    private List<ColumnVector> vectors = RowBatch.vectorsFor(ChangeSetFormat.SCHEMA, RowBatch.DEFAULT_ROWS);
    private long lines;

    LineWriter(SnapshotWriter file) {
        this.file = file;
    }

    private static byte[][] kinds() {
        LineKind[] values = LineKind.values();
        byte[][] names = new byte[values.length][];
        for (LineKind kind : values) {
            names[kind.ordinal()] = kind.name().getBytes(StandardCharsets.US_ASCII);
        }
        return names;
    }

    /** Returns how many lines were written. */
    long lines() {
        return lines;
    }

    /** Writes a line of the description; a negative position is none. */
    void describe(
            LineKind kind,
            long before,
            long after,
            String name,
            Optional<String> textBefore,
            Optional<String> textAfter) {
        start(kind, before, after);
        vector(ChangeSetFormat.IDENTITY).appendNull();
        texts(ChangeSetFormat.COLUMN).append(name);
        append(ChangeSetFormat.BEFORE, textBefore);
        append(ChangeSetFormat.AFTER, textAfter);
        end();
    }

    private void append(int column, Optional<String> text) {
        text.ifPresentOrElse(texts(column)::append, vector(column)::appendNull);
    }

    /** Writes the beginning of a run. */
    void run(long before, long after) {
        start(LineKind.RUN, before, after);
        for (int column = ChangeSetFormat.IDENTITY; column <= ChangeSetFormat.AFTER; column++) {
            vector(column).appendNull();
        }
        end();
    }

    /** Writes the line of a row; a negative position is none. */
    void row(LineKind kind, long before, long after, long identityHigh, long identityLow) {
        start(kind, before, after);
        ((UuidVector) vector(ChangeSetFormat.IDENTITY)).append(identityHigh, identityLow);
        for (int column = ChangeSetFormat.COLUMN; column <= ChangeSetFormat.AFTER; column++) {
            vector(column).appendNull();
        }
        end();
    }

    /** Writes the line of a cell, by a text for each side. */
    void cell(
            LineKind kind,
            long before,
            long after,
            byte[] column,
            BytesVector textsBefore,
            int rowBefore,
            BytesVector textsAfter,
            int rowAfter) {
        start(kind, before, after);
        vector(ChangeSetFormat.IDENTITY).appendNull();
        texts(ChangeSetFormat.COLUMN).append(column);
        append(ChangeSetFormat.BEFORE, textsBefore, rowBefore);
        append(ChangeSetFormat.AFTER, textsAfter, rowAfter);
        end();
    }

    private void append(int column, BytesVector texts, int row) {
        if (row < 0) {
            vector(column).appendNull();
        } else {
            vector(column).appendFrom(texts, row);
        }
    }

    private void start(LineKind kind, long before, long after) {
        texts(ChangeSetFormat.KIND).append(KINDS[kind.ordinal()]);
        append(ChangeSetFormat.POSITION_BEFORE, before);
        append(ChangeSetFormat.POSITION_AFTER, after);
    }

    private void append(int column, long position) {
        LongVector vector = (LongVector) vector(column);
        if (position < 0) {
            vector.appendNull();
        } else {
            vector.append(position);
        }
    }

    private void end() {
        lines++;
        int rows = vectors.get(0).size();
        boolean isLarge = (rows & 63) == 0
                && vectors.get(ChangeSetFormat.BEFORE).heapBytes()
                                + vectors.get(ChangeSetFormat.AFTER).heapBytes()
                        > MOST_BYTES;
        if (rows == RowBatch.DEFAULT_ROWS || isLarge) {
            flush();
        }
    }

    private void flush() {
        file.append(new RowBatch(ChangeSetFormat.SCHEMA, vectors));
        vectors = RowBatch.vectorsFor(ChangeSetFormat.SCHEMA, RowBatch.DEFAULT_ROWS);
    }

    /** Ends the file. */
    WrittenFile finish() {
        if (vectors.get(0).size() > 0) {
            flush();
        }
        return file.finish();
    }

    private ColumnVector vector(int column) {
        return vectors.get(column);
    }

    private BytesVector texts(int column) {
        return (BytesVector) vectors.get(column);
    }
}
