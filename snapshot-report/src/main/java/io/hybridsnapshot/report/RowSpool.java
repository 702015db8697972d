package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.RowCells;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The rows of a report in a file, until the report is written: the numbers of its head are known last. Texts of hidden
 * columns and hashes of them do not reach the file. Memory does not grow with the number of rows. One thread.
 */
final class RowSpool implements AutoCloseable {
    private static final int BUFFER = 1 << 16;
    private static final int NULL = -1;

    /** Stands for the identity of a row whose key is hidden in part, as it is a hash of the whole key. */
    private static final UUID WITHHELD = new UUID(0, 0);

    private static final int NO_SIDE = -1;

    private final Path file;
    private final ReportColumns columns;
    private final List<Run> runs = new ArrayList<>();
    private final Map<ChangeKind, Long> counts = new EnumMap<>(ChangeKind.class);
    private final DataOutputStream out;
    private long written;
    private boolean ended;

    /** Rows of one kind that stand one after the other. */
    private static final class Run {
        final ChangeKind kind;
        final long offset;
        long rows;

        Run(ChangeKind kind, long offset) {
            this.kind = kind;
            this.offset = offset;
        }
    }

    /** Takes rows in turn. */
    interface Receiver {
        /** Takes a row, and tells whether to go on. */
        boolean take(ReportRow row) throws IOException;
    }

    RowSpool(Path file, ReportColumns columns) {
        this.file = file;
        this.columns = columns;
        try {
            this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    void add(RowChange change) {
        try {
            if (runs.isEmpty() || runs.get(runs.size() - 1).kind != change.kind()) {
                runs.add(new Run(change.kind(), written));
            }
            runs.get(runs.size() - 1).rows++;
            counts.merge(change.kind(), 1L, Long::sum);
            UUID identity = columns.hidesKey() ? WITHHELD : change.identity();
            number(identity.getMostSignificantBits());
            number(identity.getLeastSignificantBits());
            count(change.key().size());
            for (Map.Entry<String, Optional<String>> part : change.key().entrySet()) {
                text(columns.isHidden(part.getKey()) ? Optional.empty() : part.getValue());
            }
            count(change.cells().size());
            for (CellChange cell : change.cells()) {
                count(columns.number(cell.column()));
            }
            change.before().ifPresent(cells -> columns.earlierHas(columns.layout(cells.columns())));
            side(change.before());
            side(change.after());
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    private void side(Optional<RowCells> cells) throws IOException {
        if (cells.isEmpty()) {
            count(NO_SIDE);
            return;
        }
        int layout = columns.layout(cells.get().columns());
        count(layout);
        int[] numbers = columns.layouts().get(layout);
        for (int i = 0; i < numbers.length; i++) {
            text(
                    columns.isHidden(numbers[i])
                            ? Optional.empty()
                            : cells.get().texts().get(i));
        }
    }

    private void number(long value) throws IOException {
        out.writeLong(value);
        written += Long.BYTES;
    }

    private void count(int value) throws IOException {
        out.writeInt(value);
        written += Integer.BYTES;
    }

    private void text(Optional<String> text) throws IOException {
        if (text.isEmpty()) {
            count(NULL);
            return;
        }
        byte[] bytes = text.get().getBytes(StandardCharsets.UTF_8);
        count(bytes.length);
        out.write(bytes);
        written += bytes.length;
    }

    /** Returns the number of rows of a kind. */
    long count(ChangeKind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** Hands out the rows of a kind in the order in which they came, until the receiver has enough. */
    void forEach(ChangeKind kind, Receiver receiver) throws IOException {
        end();
        for (Run run : runs) {
            if (run.kind == kind && !read(run, receiver)) {
                return;
            }
        }
    }

    private boolean read(Run run, Receiver receiver) throws IOException {
        try (InputStream bytes = Files.newInputStream(file)) {
            bytes.skipNBytes(run.offset);
            DataInputStream in = new DataInputStream(new BufferedInputStream(bytes, BUFFER));
            for (long row = 0; row < run.rows; row++) {
                if (!receiver.take(row(run.kind, in))) {
                    return false;
                }
            }
            return true;
        }
    }

    private ReportRow row(ChangeKind kind, DataInputStream in) throws IOException {
        UUID identity = new UUID(in.readLong(), in.readLong());
        List<Optional<String>> key = texts(in, in.readInt());
        int cells = in.readInt();
        List<Integer> counted = new ArrayList<>(cells);
        for (int i = 0; i < cells; i++) {
            counted.add(in.readInt());
        }
        return new ReportRow(kind, identity, key, counted, side(in), side(in));
    }

    private Optional<ReportRow.Side> side(DataInputStream in) throws IOException {
        int layout = in.readInt();
        return layout == NO_SIDE
                ? Optional.empty()
                : Optional.of(
                        new ReportRow.Side(layout, texts(in, columns.layouts().get(layout).length)));
    }

    private static List<Optional<String>> texts(DataInputStream in, int count) throws IOException {
        List<Optional<String>> texts = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int length = in.readInt();
            texts.add(
                    length == NULL
                            ? Optional.empty()
                            : Optional.of(new String(in.readNBytes(length), StandardCharsets.UTF_8)));
        }
        return texts;
    }

    private void end() throws IOException {
        if (!ended) {
            ended = true;
            out.close();
        }
    }

    private SnapshotException unwritable(IOException cause) {
        return FullDisk.unwritable("the rows of the report cannot be kept in a temporary file", file, cause)
                .build();
    }

    /** Deletes the file. */
    @Override
    public void close() {
        try {
            end();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }
}
