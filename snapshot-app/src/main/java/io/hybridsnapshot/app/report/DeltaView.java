package io.hybridsnapshot.app.report;

import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.RowChange;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.SchemaDrift;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.ColumnBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.report.ReportText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A delta as lines for people and as a document for programs. Stateless. */
public final class DeltaView {
    private static final int COLUMNS_SHOWN = 8;
    private static final int CELLS_SHOWN = 4;
    private static final int RENAMES_SHOWN = 8;
    private static final int NAME_WIDTH = 34;
    private static final int CELL_WIDTH = 24;
    private static final int REMARK = 2_000;
    private static final int KEY_WIDTH = 84;
    private static final int NAMES_WIDTH = 60;
    private static final int NOT_COMPARED_WIDTH = 40;

    private DeltaView() {}

    /** The delta as lines of up to 100 columns. */
    public static List<String> lines(DeltaReport report) {
        List<String> lines = new ArrayList<>();
        lines.add("  before: " + DisplayText.cut(DisplayText.escaped(report.before()), 88));
        lines.add("  after:  " + DisplayText.cut(DisplayText.escaped(report.after()), 88));
        lines.addAll(counts(report.counts()));
        report.details().flatMap(DeltaView::forgiven).ifPresent(lines::add);
        ReportText.basis(report.basis()).ifPresent(text -> lines.add("  " + text));
        report.note().ifPresent(text -> lines.add("  Remark: " + SafeText.cut(CommandWording.text(text), REMARK)));
        lines.addAll(drift(report.drift(), report.columns()));
        notCompared(report).ifPresent(lines::add);
        leftOut(report.columns().leftOut()).ifPresent(lines::add);
        report.details().ifPresent(details -> {
            lines.addAll(renames(details));
            lines.addAll(columns(details, report.counts().changed()));
            lines.addAll(examples(details));
        });
        return lines;
    }

    /** The four counts as a table. */
    public static List<String> counts(DeltaSummary counts) {
        TextTable table = new TextTable("  ")
                .number("NEW")
                .number("CHANGED")
                .number("UNCHANGED")
                .number("DELETED")
                .number("rows before")
                .number("rows after");
        table.row(
                Amounts.count(counts.added()),
                Amounts.count(counts.changed()),
                Amounts.count(counts.unchanged()),
                Amounts.count(counts.deleted()),
                Amounts.count(counts.before()),
                Amounts.count(counts.after()));
        return table.lines();
    }

    private static Optional<String> forgiven(ChangeDetails details) {
        return details.forgiven() == 0
                ? Optional.empty()
                : Optional.of("  Of CHANGED, " + Amounts.counted(details.forgiven(), "row")
                        + " only in ignored columns or within tolerance, not listed.");
    }

    /**
     * The columns that could not be compared are reported beside the counts, because the counts cover the other columns
     * only.
     */
    private static Optional<String> notCompared(DeltaReport report) {
        List<String> columns = report.columns().notCompared();
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of("  Not compared (" + columns.size() + "): "
                        + DisplayText.cut(DisplayText.escaped(String.join(", ", columns)), NOT_COMPARED_WIDTH) + "; "
                        + Amounts.counted(report.rowsNotComparedInFull(), "row") + " not compared in full.");
    }

    /** Names the columns that are no part of the row hash, if there are any. */
    public static Optional<String> leftOut(List<String> columns) {
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of("  Left out of the hash (" + columns.size() + "): "
                        + DisplayText.cut(DisplayText.escaped(String.join(", ", columns)), NAMES_WIDTH));
    }

    private static List<String> drift(SchemaDrift drift, ColumnBasis columns) {
        List<String> lines = new ArrayList<>();
        names("columns added", drift.added()).ifPresent(lines::add);
        names("columns dropped", drift.dropped()).ifPresent(lines::add);
        for (SchemaDrift.Retyped column : drift.retyped()) {
            String what = column.isWidened() ? "column widened: " : "column type: ";
            lines.add("  Schema drift, " + what
                    + DisplayText.cut(DisplayText.escaped(column.name()), NAME_WIDTH) + ": " + column.before() + " -> "
                    + column.after()
                    + comparedBy(column, columns)
                            .map(by -> " (compared by " + by + ")")
                            .orElse(""));
        }
        if (drift.orderChanged()) {
            lines.add("  Schema drift, the columns stand in another order.");
        }
        return lines;
    }

    /** The form that a retyped column was compared in, where its values alone could not be. */
    private static Optional<String> comparedBy(SchemaDrift.Retyped column, ColumnBasis columns) {
        if (columns.asTexts().contains(column.name())) {
            return Optional.of("text");
        }
        return columns.asNumbers().contains(column.name()) ? Optional.of("number") : Optional.empty();
    }

    private static List<String> renames(ChangeDetails details) {
        List<String> lines = new ArrayList<>();
        details.renames().stream().limit(RENAMES_SHOWN).forEach(pair -> {
            lines.add("  Perhaps a rename: "
                    + DisplayText.cut(DisplayText.escaped(pair.before()), NAME_WIDTH) + " -> "
                    + DisplayText.cut(DisplayText.escaped(pair.after()), NAME_WIDTH));
            String rows = pair.sampledRows() == pair.matchedRows()
                    ? "the rows that both have"
                    : "a sample of " + Amounts.count(pair.sampledRows()) + " rows that both have";
            lines.add("    as " + Amounts.count(pair.equalCells()) + " of "
                    + Amounts.counted(pair.comparedCells(), "cell") + " are equal ("
                    + Amounts.share(pair.equalCells(), pair.comparedCells()) + ") in " + rows);
        });
        if (details.renames().size() > RENAMES_SHOWN) {
            lines.add("  and " + Amounts.counted(details.renames().size() - RENAMES_SHOWN, "more pair"));
        }
        return lines;
    }

    private static Optional<String> names(String what, List<Column> columns) {
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return Optional.of("  Schema drift, " + what + " (" + columns.size() + "): "
                + DisplayText.cut(DisplayText.escaped(names), NAMES_WIDTH));
    }

    private static List<String> columns(ChangeDetails details, long changed) {
        if (details.columns().isEmpty()) {
            return List.of();
        }
        TextTable table = new TextTable("  ")
                .text("column", NAME_WIDTH)
                .number("rows changed")
                .number("of CHANGED");
        List<ColumnChanges> columns = details.columns();
        columns.stream()
                .limit(COLUMNS_SHOWN)
                .forEach(column -> table.row(
                        column.column(), Amounts.count(column.rows()), Amounts.share(column.rows(), changed)));
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.addAll(table.lines());
        if (columns.size() > COLUMNS_SHOWN) {
            lines.add("  and " + Amounts.counted(columns.size() - COLUMNS_SHOWN, "more column"));
        }
        return lines;
    }

    private static List<String> examples(ChangeDetails details) {
        List<String> lines = new ArrayList<>();
        for (ChangeKind kind : List.of(ChangeKind.CHANGED, ChangeKind.NEW, ChangeKind.DELETED)) {
            for (RowChange row : details.examples()) {
                if (row.kind() == kind) {
                    lines.addAll(example(row));
                }
            }
        }
        if (!lines.isEmpty()) {
            lines.add(0, "");
        }
        return lines;
    }

    private static List<String> example(RowChange row) {
        List<String> lines = new ArrayList<>();
        String key = row.key().entrySet().stream()
                .map(part -> part.getKey() + " = " + part.getValue().orElse("NULL"))
                .collect(Collectors.joining(", "));
        if (key.isEmpty()) {
            key = row.identity().toString();
        }
        lines.add(String.format("  %-8s %s", row.kind(), DisplayText.cut(DisplayText.escaped(key), KEY_WIDTH)));
        TextTable cells = new TextTable("             ")
                .text("column", NAME_WIDTH)
                .text("before", CELL_WIDTH)
                .text("after", CELL_WIDTH);
        for (CellChange cell :
                row.cells().subList(0, Math.min(CELLS_SHOWN, row.cells().size()))) {
            Difference difference = Difference.of(cell.before(), cell.after());
            cells.row(cell.column(), difference.before(), difference.after());
        }
        if (!cells.isEmpty()) {
            lines.addAll(cells.lines());
        }
        if (row.cells().size() > CELLS_SHOWN) {
            lines.add("             and " + Amounts.counted(row.cells().size() - CELLS_SHOWN, "more column"));
        }
        return lines;
    }

    /**
     * Two texts, cut so that their first difference is visible. An equal beginning is left out if it would push the
     * difference off the screen.
     */
    private record Difference(String before, String after) {
        private static final int CONTEXT = 6;

        static Difference of(Optional<String> before, Optional<String> after) {
            String left = before.map(DisplayText::escaped).orElse("NULL");
            String right = after.map(DisplayText::escaped).orElse("NULL");
            boolean fits = DisplayText.width(left) <= CELL_WIDTH && DisplayText.width(right) <= CELL_WIDTH;
            int same = 0;
            while (same < left.length() && same < right.length() && left.charAt(same) == right.charAt(same)) {
                same++;
            }
            int from = Math.max(0, same - CONTEXT);
            if (fits || from == 0 || before.isEmpty() || after.isEmpty()) {
                return new Difference(left, right);
            }
            int start = Character.isLowSurrogate(left.charAt(from)) ? from - 1 : from;
            return new Difference("…" + left.substring(start), "…" + right.substring(start));
        }
    }

    /** The delta as a document. */
    public static Map<String, Object> json(DeltaReport report) {
        DeltaSummary counts = report.counts();
        return Json.object(
                "before", report.before(),
                "after", report.after(),
                "basis", report.basis(),
                "remark", report.note().map(CommandWording::text),
                "counts",
                        Json.object(
                                "new", counts.added(),
                                "changed", counts.changed(),
                                "unchanged", counts.unchanged(),
                                "deleted", counts.deleted(),
                                "before", counts.before(),
                                "after", counts.after()),
                "forgiven", report.details().map(ChangeDetails::forgiven),
                "drift", drift(report),
                "notCompared", report.columns().notCompared(),
                "rowsNotComparedInFull", report.rowsNotComparedInFull(),
                "leftOut", report.columns().leftOut(),
                "changedColumns",
                        report.details()
                                .map(details -> details.columns().stream()
                                        .map(column -> Json.object("column", column.column(), "rows", column.rows()))
                                        .toList()),
                "examples",
                        report.details()
                                .map(details -> details.examples().stream()
                                        .map(DeltaView::json)
                                        .toList()));
    }

    /** A changed row as a document: one line of a file of changes. */
    public static Map<String, Object> json(RowChange row) {
        return Json.object(
                "kind", row.kind(),
                "identity", row.identity(),
                "key", row.key(),
                "columns",
                        row.cells().stream()
                                .map(cell -> Json.object(
                                        "column", cell.column(), "before", cell.before(), "after", cell.after()))
                                .toList());
    }

    private static Map<String, Object> drift(DeltaReport report) {
        SchemaDrift drift = report.drift();
        Optional<ChangeDetails> details = report.details();
        return Json.object(
                "added", drift.added().stream().map(DeltaView::json).toList(),
                "dropped", drift.dropped().stream().map(DeltaView::json).toList(),
                "retyped",
                        drift.retyped().stream()
                                .map(column -> Json.object(
                                        "column", column.name(),
                                        "before", column.before(),
                                        "after", column.after(),
                                        "widened", column.isWidened(),
                                        "comparable", column.isComparable(),
                                        "comparedBy", comparedBy(column, report.columns())))
                                .toList(),
                "orderChanged", drift.orderChanged(),
                "suggestedRenames",
                        details.map(found -> found.renames().stream()
                                .map(pair -> Json.object(
                                        "before", pair.before(),
                                        "after", pair.after(),
                                        "equalCells", pair.equalCells(),
                                        "comparedCells", pair.comparedCells(),
                                        "sampledRows", pair.sampledRows(),
                                        "matchedRows", pair.matchedRows()))
                                .toList()));
    }

    private static Map<String, Object> json(Column column) {
        return Json.object("column", column.name(), "type", column.type());
    }
}
