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
import io.hybridsnapshot.engine.comparison.Concentration;
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
    private static final int REMARK = 2_000;
    private static final String CELL_INDENT = "             ";

    private DeltaView() {}

    /** The delta as lines that fit a page. */
    public static List<String> lines(DeltaReport report, Page page) {
        List<String> lines = new ArrayList<>();
        lines.add("  before: " + page.fitting(DisplayText.escaped(report.before()), 12));
        lines.add("  after:  " + page.fitting(DisplayText.escaped(report.after()), 12));
        lines.addAll(counts(report.counts()));
        report.details().flatMap(DeltaView::forgiven).ifPresent(lines::add);
        ReportText.basis(report.basis()).ifPresent(text -> lines.add("  " + text));
        report.note()
                .ifPresent(text -> lines.addAll(
                        page.wrapped("  Remark: " + SafeText.cut(CommandWording.text(text), REMARK), "          ")));
        lines.addAll(drift(report.drift(), report.columns(), page));
        notCompared(report, page).ifPresent(lines::add);
        leftOut(report.columns().leftOut(), page).ifPresent(lines::add);
        report.details().ifPresent(details -> {
            lines.addAll(renames(details, page));
            lines.addAll(columns(details, report.counts().changed(), page));
            lines.addAll(concentration(report, page));
            lines.addAll(examples(details, page));
        });
        lines.addAll(ExpectationsView.lines(report.expectations(), page));
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
                        + " differ only in ways that the options forgive, not listed.");
    }

    /**
     * The columns that could not be compared are reported beside the counts, because the counts cover the other columns
     * only.
     */
    private static Optional<String> notCompared(DeltaReport report, Page page) {
        List<String> columns = report.columns().notCompared();
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of("  Not compared (" + columns.size() + "): "
                        + page.fitting(DisplayText.escaped(String.join(", ", columns)), 60) + "; "
                        + Amounts.counted(report.rowsNotComparedInFull(), "row") + " not compared in full.");
    }

    /** Names the columns that are no part of the row hash, if there are any. */
    public static Optional<String> leftOut(List<String> columns, Page page) {
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of("  Left out of the hash (" + columns.size() + "): "
                        + page.fitting(DisplayText.escaped(String.join(", ", columns)), 40));
    }

    private static List<String> drift(SchemaDrift drift, ColumnBasis columns, Page page) {
        List<String> lines = new ArrayList<>();
        names("columns added", drift.added(), page, Page.Mark.ADDED).ifPresent(lines::add);
        names("columns dropped", drift.dropped(), page, Page.Mark.REMOVED).ifPresent(lines::add);
        for (SchemaDrift.Retyped column : drift.retyped()) {
            String what = column.isWidened() ? "column widened: " : "column type: ";
            lines.add("  Schema drift, " + what
                    + name(column.name(), page) + ": " + column.before() + " -> "
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

    /** A column's name, cut to a third of the page's width. */
    private static String name(String column, Page page) {
        return page.fitting(DisplayText.escaped(column), page.width() - page.width() / 3 - 1);
    }

    private static List<String> renames(ChangeDetails details, Page page) {
        List<String> lines = new ArrayList<>();
        int shown = page.shown(details.renames().size(), RENAMES_SHOWN);
        details.renames().stream().limit(shown).forEach(pair -> {
            lines.add("  Perhaps a rename: " + name(pair.before(), page) + " -> " + name(pair.after(), page));
            String rows = pair.sampledRows() == pair.matchedRows()
                    ? "the rows that both have"
                    : "a sample of " + Amounts.count(pair.sampledRows()) + " rows that both have";
            lines.add("    as " + Amounts.count(pair.equalCells()) + " of "
                    + Amounts.counted(pair.comparedCells(), "cell") + " are equal ("
                    + Amounts.share(pair.equalCells(), pair.comparedCells()) + ") in " + rows);
        });
        if (details.renames().size() > shown) {
            lines.add("  and " + Amounts.counted(details.renames().size() - shown, "more pair"));
        }
        return lines;
    }

    private static Optional<String> names(String what, List<Column> columns, Page page, Page.Mark mark) {
        if (columns.isEmpty()) {
            return Optional.empty();
        }
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return Optional.of("  Schema drift, " + what + " (" + columns.size() + "): "
                + page.marked(mark, page.fitting(DisplayText.escaped(names), 40)));
    }

    private static List<String> columns(ChangeDetails details, long changed, Page page) {
        if (details.columns().isEmpty()) {
            return List.of();
        }
        TextTable table = new TextTable(page, "  ")
                .text("column", Math.max(NAME_WIDTH, page.width() / 2))
                .number("rows changed")
                .number("of CHANGED");
        List<ColumnChanges> columns = details.columns();
        int shown = page.shown(columns.size(), COLUMNS_SHOWN);
        columns.stream()
                .limit(shown)
                .forEach(column -> table.row(
                        column.column(), Amounts.count(column.rows()), Amounts.share(column.rows(), changed)));
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.addAll(table.lines());
        if (columns.size() > shown) {
            lines.add("  and " + Amounts.counted(columns.size() - shown, "more column"));
        }
        return lines;
    }

    private static List<String> concentration(DeltaReport report, Page page) {
        List<String> lines = new ArrayList<>();
        ReportText.concentration(report)
                .forEach(line -> lines.addAll(page.wrapped("  " + DisplayText.escaped(line), "    ")));
        if (!lines.isEmpty()) {
            lines.add(0, "");
        }
        return lines;
    }

    private static List<String> examples(ChangeDetails details, Page page) {
        List<String> lines = new ArrayList<>();
        for (ChangeKind kind : List.of(ChangeKind.CHANGED, ChangeKind.NEW, ChangeKind.DELETED)) {
            for (RowChange row : details.examples()) {
                if (row.kind() == kind) {
                    lines.addAll(example(row, page));
                }
            }
        }
        if (!lines.isEmpty()) {
            lines.add(0, "");
        }
        return lines;
    }

    private static List<String> example(RowChange row, Page page) {
        List<String> lines = new ArrayList<>();
        String key = key(row.key());
        if (key.isEmpty()) {
            key = row.identity().toString();
        }
        String kind = String.format("%-8s", row.kind());
        lines.add("  " + page.marked(mark(row.kind()), kind) + " " + page.fitting(DisplayText.escaped(key), 16));
        lines.addAll(cells(row.cells(), page, CELL_INDENT));
        return lines;
    }

    /** The cells of a key in one line. */
    static String key(Map<String, Optional<String>> key) {
        return key.entrySet().stream()
                .map(part -> part.getKey() + " = "
                        + part.getValue().map(DisplayText::visible).orElse("NULL"))
                .collect(Collectors.joining(", "));
    }

    /** Changed cells as a table, of which some are left out on a page that is not full. */
    static List<String> cells(List<CellChange> changes, Page page, String indent) {
        // A third of the width is for the column, the rest for the two cells and the gaps of two columns.
        int columnWidth = Math.max(NAME_WIDTH, page.width() / 3);
        int cellWidth = (page.width() - indent.length() - 4 - Math.min(NAME_WIDTH, page.width() / 3)) / 2;
        TextTable cells = new TextTable(page, indent)
                .text("column", columnWidth)
                .text("before", cellWidth, Page.Mark.REMOVED)
                .text("after", cellWidth, Page.Mark.ADDED);
        int shown = page.shown(changes.size(), CELLS_SHOWN);
        for (CellChange cell : changes.subList(0, shown)) {
            Difference difference = page.full()
                    ? Difference.whole(cell.before(), cell.after())
                    : Difference.of(cell.before(), cell.after(), cellWidth);
            cells.row(cell.column(), difference.before(), difference.after());
        }
        List<String> lines = new ArrayList<>(cells.isEmpty() ? List.of() : cells.lines());
        if (changes.size() > shown) {
            lines.add(indent + "and " + Amounts.counted(changes.size() - shown, "more column"));
        }
        return lines;
    }

    private static Page.Mark mark(ChangeKind kind) {
        return switch (kind) {
            case NEW -> Page.Mark.ADDED;
            case DELETED -> Page.Mark.REMOVED;
            default -> Page.Mark.CHANGED;
        };
    }

    /**
     * Two texts, cut so that their first difference is visible. An equal beginning is left out if it would push the
     * difference off the screen.
     */
    private record Difference(String before, String after) {
        private static final int CONTEXT = 6;

        static Difference whole(Optional<String> before, Optional<String> after) {
            return new Difference(
                    before.map(DisplayText::visible).orElse("NULL"),
                    after.map(DisplayText::visible).orElse("NULL"));
        }

        static Difference of(Optional<String> before, Optional<String> after, int width) {
            String left = before.map(DisplayText::visible).orElse("NULL");
            String right = after.map(DisplayText::visible).orElse("NULL");
            boolean fits = DisplayText.width(left) <= width && DisplayText.width(right) <= width;
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
                                        .toList()),
                "concentration",
                        report.details().flatMap(ChangeDetails::concentration).map(DeltaView::json),
                "expectations", ExpectationsView.json(report.expectations()));
    }

    private static Map<String, Object> json(Concentration found) {
        return Json.object(
                "changedRows", found.changedRows(),
                "sampledRows", found.sampledRows(),
                "values",
                        found.values().stream()
                                .map(value -> Json.object(
                                        "column", value.column(),
                                        "value", value.value(),
                                        "changedRows", value.changedRows(),
                                        "sampledRows", value.sampledRows()))
                                .toList(),
                "together",
                        found.together().stream()
                                .map(pair -> Json.object(
                                        "first", pair.first(),
                                        "second", pair.second(),
                                        "both", pair.both(),
                                        "either", pair.either()))
                                .toList());
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
