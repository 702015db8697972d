package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.changeset.ChangeSetFormat;
import io.hybridsnapshot.domain.changeset.LineKind;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** A change set in memory, with the texts of its cells. One thread fills it; afterwards it is safe to share. */
public final class ChangeSetContent {
    private final TreeMap<Long, Column> columnsBefore = new TreeMap<>();
    private final TreeMap<Long, Column> columnsAfter = new TreeMap<>();
    private final List<String> keyColumns = new ArrayList<>();
    private final Map<String, String> notesBefore = new LinkedHashMap<>();
    private final Map<String, String> notesAfter = new LinkedHashMap<>();
    private final Positions runsBefore = new Positions();
    private final Positions runsAfter = new Positions();
    private final Map<LineKind, DifferingRows.Rows> rows = new EnumMap<>(LineKind.class);
    private final Map<String, Map<LineKind, Cells>> cells = new HashMap<>();
    private final RowOrder order;

    /** The cells of a column in lines of one kind, by ascending positions. */
    static final class Cells {
        private final Positions positions = new Positions();
        private final BytesVector before = new BytesVector(16);
        private final BytesVector after = new BytesVector(16);

        int size() {
            return positions.size();
        }

        long position(int line) {
            return positions.get(line);
        }

        BytesVector before() {
            return before;
        }

        BytesVector after() {
            return after;
        }

        /** Returns the line of a position, or -1. */
        int find(long position) {
            int low = 0;
            int high = positions.size() - 1;
            while (low <= high) {
                int middle = (low + high) >>> 1;
                long at = positions.get(middle);
                if (at == position) {
                    return middle;
                }
                if (at < position) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return -1;
        }
    }

    private ChangeSetContent(SnapshotReader file) {
        for (LineKind kind : List.of(LineKind.DELETED, LineKind.NEW, LineKind.CHANGED, LineKind.TOUCHED)) {
            rows.put(kind, new DifferingRows.Rows());
        }
        try (RowStream lines = file.rows(ReadOptions.ALL)) {
            for (Optional<RowBatch> next = lines.next(); next.isPresent(); next = lines.next()) {
                for (int line = 0; line < next.get().rowCount(); line++) {
                    read(next.get(), line);
                }
            }
        }
        this.order = new RowOrder(
                number(file, ChangeSetFormat.ROWS_BEFORE_KEY),
                number(file, ChangeSetFormat.ROWS_AFTER_KEY),
                rows(LineKind.DELETED).allBefore(),
                rows(LineKind.NEW).allAfter(),
                runsAfter.toArray(),
                runsBefore.toArray());
    }

    /**
     * Reads a change set.
     *
     * @param file its file, which the caller closes
     * @throws SnapshotException CORRUPT if it is no change set, or of a form that this release does not know
     */
    public static ChangeSetContent read(SnapshotReader file) {
        String form = file.metadata().getOrDefault(ChangeSetFormat.FORM_KEY, "none");
        if (!form.equals(ChangeSetFormat.FORM) || !file.schema().equals(ChangeSetFormat.SCHEMA)) {
            throw SnapshotException.corrupt("the file is no change set that this release reads")
                    .actual("form " + form)
                    .expected("form " + ChangeSetFormat.FORM)
                    .nextStep("use the release that wrote it, or remove the change set and build it again")
                    .build();
        }
        return new ChangeSetContent(file);
    }

    private static long number(SnapshotReader file, String key) {
        try {
            return Long.parseLong(file.metadata().getOrDefault(key, ""));
        } catch (NumberFormatException e) {
            throw SnapshotException.corrupt("a change set lacks a number of rows")
                    .actual(key + " '" + file.metadata().getOrDefault(key, "") + "'")
                    .nextStep("remove the change set and build it again")
                    .cause(e)
                    .build();
        }
    }

    private void read(RowBatch batch, int line) {
        LineKind kind = kind(((BytesVector) batch.vector(ChangeSetFormat.KIND)).text(line));
        BytesVector names = (BytesVector) batch.vector(ChangeSetFormat.COLUMN);
        long before = position(batch, ChangeSetFormat.POSITION_BEFORE, line);
        long after = position(batch, ChangeSetFormat.POSITION_AFTER, line);
        switch (kind) {
            case SCHEMA -> {
                String name = names.text(line);
                text(batch, ChangeSetFormat.BEFORE, line)
                        .ifPresent(type -> columnsBefore.put(before, new Column(name, ColumnType.parse(type))));
                text(batch, ChangeSetFormat.AFTER, line)
                        .ifPresent(type -> columnsAfter.put(after, new Column(name, ColumnType.parse(type))));
            }
            case KEY -> keyColumns.add(names.text(line));
            case NOTE -> {
                text(batch, ChangeSetFormat.BEFORE, line).ifPresent(note -> notesBefore.put(names.text(line), note));
                text(batch, ChangeSetFormat.AFTER, line).ifPresent(note -> notesAfter.put(names.text(line), note));
            }
            case RUN -> {
                runsBefore.add(before);
                runsAfter.add(after);
            }
            default -> {
                if (names.isNull(line)) {
                    UuidVector identities = (UuidVector) batch.vector(ChangeSetFormat.IDENTITY);
                    rows(kind).add(before, after, identities.high(line), identities.low(line));
                } else {
                    Cells column = cells.computeIfAbsent(names.text(line), name -> new EnumMap<>(LineKind.class))
                            .computeIfAbsent(kind, each -> new Cells());
                    column.positions.add(kind == LineKind.DELETED ? before : after);
                    column.before.appendFrom(batch.vector(ChangeSetFormat.BEFORE), line);
                    column.after.appendFrom(batch.vector(ChangeSetFormat.AFTER), line);
                }
            }
        }
    }

    private static LineKind kind(String name) {
        try {
            return LineKind.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw SnapshotException.corrupt("a change set holds a line of an unknown kind")
                    .actual("'" + name + "'")
                    .nextStep("use the release that wrote it, or remove the change set and build it again")
                    .cause(e)
                    .build();
        }
    }

    private static long position(RowBatch batch, int column, int line) {
        LongVector positions = (LongVector) batch.vector(column);
        return positions.isNull(line) ? -1 : positions.get(line);
    }

    private static Optional<String> text(RowBatch batch, int column, int line) {
        BytesVector texts = (BytesVector) batch.vector(column);
        return texts.isNull(line) ? Optional.empty() : Optional.of(texts.text(line));
    }

    /** Returns the columns of the earlier snapshot. */
    public Schema before() {
        return Schema.of(List.copyOf(columnsBefore.values()));
    }

    /** Returns the columns of the later snapshot. */
    public Schema after() {
        return Schema.of(List.copyOf(columnsAfter.values()));
    }

    /** Returns the columns of the key. */
    public List<String> keyColumns() {
        return List.copyOf(keyColumns);
    }

    /** Returns the notes of the earlier snapshot's file. */
    public Map<String, String> notesBefore() {
        return Map.copyOf(notesBefore);
    }

    /** Returns the notes of the later snapshot's file. */
    public Map<String, String> notesAfter() {
        return Map.copyOf(notesAfter);
    }

    RowOrder order() {
        return order;
    }

    DifferingRows.Rows rows(LineKind kind) {
        return Objects.requireNonNull(rows.get(kind), "rows of a kind");
    }

    /** Returns the cells of a column in lines of one kind; empty where there are none. */
    Optional<Cells> cells(String column, LineKind kind) {
        return Optional.ofNullable(cells.getOrDefault(column, Map.of()).get(kind));
    }

    /** Checks whether a column is stored whole. */
    public boolean isWhole(String column) {
        return cells(column, LineKind.COLUMN).isPresent();
    }

    /**
     * A row of the change set.
     *
     * @param kind {@code DELETED}, {@code NEW}, {@code CHANGED} or {@code TOUCHED}
     * @param identity its identity
     * @param positionBefore its position in the earlier snapshot; -1: it is not there
     * @param positionAfter its position in the later snapshot; -1: it is not there
     */
    public record Row(LineKind kind, UUID identity, long positionBefore, long positionAfter) {}

    /** Finds the row of an identity; an identity has one line at the most. */
    public Optional<Row> find(UUID identity) {
        long high = identity.getMostSignificantBits();
        long low = identity.getLeastSignificantBits();
        for (Map.Entry<LineKind, DifferingRows.Rows> some : rows.entrySet()) {
            DifferingRows.Rows lines = some.getValue();
            for (int line = 0; line < lines.size(); line++) {
                if (lines.identityLow(line) == low && lines.identityHigh(line) == high) {
                    return Optional.of(row(some.getKey(), line));
                }
            }
        }
        return Optional.empty();
    }

    private Row row(LineKind kind, int line) {
        DifferingRows.Rows lines = rows(kind);
        return new Row(
                kind,
                new UUID(lines.identityHigh(line), lines.identityLow(line)),
                lines.before(line),
                lines.after(line));
    }

    /** Returns all rows with lines, by kind and position. */
    public List<Row> rows() {
        List<Row> all = new ArrayList<>();
        rows.forEach((kind, lines) -> {
            for (int line = 0; line < lines.size(); line++) {
                all.add(row(kind, line));
            }
        });
        return all;
    }

    /**
     * The texts of a cell.
     *
     * @param before the cell of the earlier snapshot; empty: NULL, or the row or the column is not there
     * @param after the cell of the later snapshot, likewise
     */
    public record CellTexts(Optional<String> before, Optional<String> after) {
        /** Checks whether the texts differ. A cell of a key may stand in a change set without a difference. */
        public boolean differ() {
            return !before.equals(after);
        }
    }

    /**
     * Finds the cell of a row of the change set; empty where the change set holds none, so that both sides are equal.
     */
    public Optional<CellTexts> cell(Row row, String column) {
        Optional<CellTexts> own = cell(column, row.kind(), position(row));
        return own.isPresent() || row.positionBefore() < 0 || row.positionAfter() < 0
                ? own
                : cell(column, LineKind.COLUMN, row.positionAfter());
    }

    private static long position(Row row) {
        return row.kind() == LineKind.DELETED ? row.positionBefore() : row.positionAfter();
    }

    private Optional<CellTexts> cell(String column, LineKind kind, long position) {
        return cells(column, kind).flatMap(lines -> {
            int line = lines.find(position);
            return line < 0
                    ? Optional.empty()
                    : Optional.of(new CellTexts(text(lines.before(), line), text(lines.after(), line)));
        });
    }

    private static Optional<String> text(BytesVector texts, int line) {
        return texts.isNull(line) ? Optional.empty() : Optional.of(texts.text(line));
    }
}
