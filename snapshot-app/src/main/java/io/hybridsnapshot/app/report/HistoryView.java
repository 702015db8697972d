package io.hybridsnapshot.app.report;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.delta.CellChange;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.history.BlameAnswer;
import io.hybridsnapshot.engine.history.HistoryAnswer;
import io.hybridsnapshot.engine.history.HistoryGap;
import io.hybridsnapshot.engine.history.RowBlame;
import io.hybridsnapshot.engine.history.RowEvent;
import io.hybridsnapshot.engine.history.RowHistory;
import io.hybridsnapshot.engine.history.ShownRows;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What happened to single rows, as lines for people and as documents for programs. Stateless. */
public final class HistoryView {
    private static final int ROWS_SHOWN = 20;
    private static final int GAPS_SHOWN = 5;
    private static final int CELLS_SHOWN = 8;
    private static final int NAME_WIDTH = 34;
    private static final int BATCH_WIDTH = 8;
    private static final String INDENT = "      ";

    private HistoryView() {}

    /** The histories of rows, as lines that fit a page. */
    public static List<String> lines(HistoryAnswer answer, ZoneId zone, Page page) {
        List<String> lines = new ArrayList<>();
        int shown = page.shown(answer.rows().size(), ROWS_SHOWN);
        answer.rows().stream().limit(shown).forEach(row -> lines.addAll(row(row, zone, page)));
        moreRows(answer.rows().size() - shown).ifPresent(lines::add);
        lines.addAll(gaps(answer.gaps(), zone, page));
        lines.add(sources(answer));
        return lines;
    }

    private static Optional<String> moreRows(int more) {
        return more > 0
                ? Optional.of("and " + Amounts.counted(more, "more row") + "; --full shows all")
                : Optional.empty();
    }

    /** The number of archived states that an answer rests on, and what was read for it. */
    public static String sources(HistoryAnswer answer) {
        return "Searched " + Amounts.counted(answer.snapshots(), "archived state") + " (change sets read: "
                + Amounts.count(answer.changeSets()) + ", files opened: " + Amounts.count(answer.files()) + ")";
    }

    private static List<String> row(RowHistory row, ZoneId zone, Page page) {
        List<String> lines = new ArrayList<>();
        lines.add(heading(row.key(), row.partition(), page));
        Optional<RowEvent> before = Optional.empty();
        for (RowEvent event : row.events()) {
            if (before.filter(last -> last.kind() == RowEvent.Kind.DELETED).isPresent()) {
                lines.add("  … not in the table until the next event");
            }
            lines.add("  " + happened(event, zone, page));
            lines.addAll(drift(event, page));
            lines.addAll(cells(event, page));
            before = Optional.of(event);
        }
        if (row.events().isEmpty()) {
            lines.add("  no event in this time and in these columns");
        }
        return lines;
    }

    private static String heading(Map<String, Optional<String>> key, Partition partition, Page page) {
        String place = partition.equals(Partition.ALL) ? "" : "  (partition " + partition + ")";
        return page.marked(Page.Mark.HEADING, page.fitting(DisplayText.escaped(DeltaView.key(key) + place), 0));
    }

    private static String happened(RowEvent event, ZoneId zone, Page page) {
        ArchivedSnapshot snapshot = event.snapshot();
        String tags = SnapshotView.tags(snapshot.tags());
        String date = Amounts.date(snapshot.date(), zone);
        String kind = word(event.kind());
        String rest = "archive " + snapshot.id()
                + snapshot.snapshotId().map(id -> ", batch " + batch(id)).orElse("")
                + (tags.isEmpty() ? "" : ", " + tags);
        int taken = date.length() + kind.length() + 6;
        return date + "  " + page.marked(mark(event.kind()), kind) + "  "
                + page.fitting(DisplayText.escaped(rest), taken);
    }

    private static String batch(Object id) {
        return id.toString().substring(0, BATCH_WIDTH);
    }

    private static String word(RowEvent.Kind kind) {
        return kind == RowEvent.Kind.FIRST ? "first archived state" : kind.name();
    }

    private static Page.Mark mark(RowEvent.Kind kind) {
        return switch (kind) {
            case NEW -> Page.Mark.ADDED;
            case DELETED -> Page.Mark.REMOVED;
            case FIRST -> Page.Mark.HEADING;
            case CHANGED -> Page.Mark.CHANGED;
        };
    }

    private static List<String> drift(RowEvent event, Page page) {
        List<String> lines = new ArrayList<>();
        columns("columns added", event.columnsCame(), page, Page.Mark.ADDED).ifPresent(lines::add);
        columns("columns dropped", event.columnsWent(), page, Page.Mark.REMOVED).ifPresent(lines::add);
        return lines;
    }

    private static Optional<String> columns(String what, List<String> names, Page page, Page.Mark mark) {
        if (names.isEmpty()) {
            return Optional.empty();
        }
        String text = INDENT + what + " (" + names.size() + "): ";
        return Optional.of(text
                + page.marked(mark, page.fitting(DisplayText.escaped(String.join(", ", names)), text.length())));
    }

    private static List<String> cells(RowEvent event, Page page) {
        if (event.kind() == RowEvent.Kind.CHANGED) {
            return DeltaView.cells(event.cells(), page, INDENT);
        }
        boolean gone = event.kind() == RowEvent.Kind.DELETED;
        TextTable table = new TextTable(page, INDENT)
                .text("column", Math.max(NAME_WIDTH, page.width() / 3))
                .text(gone ? "before" : "after", page.width() / 2, gone ? Page.Mark.REMOVED : Page.Mark.ADDED);
        int shown = page.shown(event.cells().size(), CELLS_SHOWN);
        for (CellChange cell : event.cells().subList(0, shown)) {
            table.row(cell.column(), shown(gone ? cell.before() : cell.after()));
        }
        List<String> lines = new ArrayList<>(table.isEmpty() ? List.of() : table.lines());
        if (event.cells().size() > shown) {
            lines.add(INDENT + "and " + Amounts.counted(event.cells().size() - shown, "more column"));
        }
        return lines;
    }

    private static String shown(Optional<String> cell) {
        return cell.map(DisplayText::visible).orElse("NULL");
    }

    /** The states that an answer cannot tell of. */
    public static List<String> gaps(List<HistoryGap> gaps, ZoneId zone, Page page) {
        List<String> lines = new ArrayList<>();
        if (gaps.isEmpty()) {
            return lines;
        }
        lines.add("Not told of:");
        int shown = page.shown(gaps.size(), GAPS_SHOWN);
        for (HistoryGap gap : gaps.subList(0, shown)) {
            String place = gap.partition().equals(Partition.ALL) ? "" : ", partition " + gap.partition();
            lines.add(page.fitting(
                    DisplayText.escaped("  " + Amounts.date(gap.date(), zone) + "  " + why(gap.kind())
                            + gap.detail().map(detail -> ": " + detail).orElse("") + place),
                    0));
        }
        if (gaps.size() > shown) {
            lines.add("  and " + Amounts.counted(gaps.size() - shown, "more state"));
        }
        return lines;
    }

    private static String why(HistoryGap.Kind kind) {
        return switch (kind) {
            case REMOVED -> "its archive was removed";
            case REDACTED -> "rows were erased from its archive";
            case NOT_ARCHIVED -> "it has no archive";
        };
    }

    /** Since when cells have their values, as lines that fit a page. */
    public static List<String> lines(BlameAnswer answer, ZoneId zone, Page page) {
        List<String> lines = new ArrayList<>();
        int shown = page.shown(answer.rows().size(), ROWS_SHOWN);
        answer.rows().stream().limit(shown).forEach(row -> lines.addAll(row(row, zone, page)));
        moreRows(answer.rows().size() - shown).ifPresent(lines::add);
        lines.addAll(gaps(answer.history().gaps(), zone, page));
        lines.add(sources(answer.history()));
        return lines;
    }

    private static List<String> row(RowBlame blame, ZoneId zone, Page page) {
        List<String> lines = new ArrayList<>();
        RowHistory row = blame.row();
        lines.add(heading(row.key(), row.partition(), page));
        if (!blame.isThere()) {
            RowEvent last = row.events().get(row.events().size() - 1);
            lines.add("  " + happened(last, zone, page));
            return lines;
        }
        TextTable table = new TextTable(page, "  ")
                .text("column", Math.max(NAME_WIDTH, page.width() / 3))
                .text("value", page.width() / 3)
                .text("since", 40)
                .number("archive")
                .text("batch", BATCH_WIDTH);
        blame.cells().forEach((column, since) -> {
            ArchivedSnapshot snapshot = since.event().snapshot();
            table.row(
                    column,
                    shown(since.value()),
                    Amounts.date(snapshot.date(), zone)
                            + (since.event().kind() == RowEvent.Kind.FIRST ? " or longer" : ""),
                    snapshot.id(),
                    snapshot.snapshotId().map(HistoryView::batch).orElse("-"));
        });
        lines.addAll(table.lines());
        return lines;
    }

    /** Rows of one state, as lines that fit a page. */
    public static List<String> lines(ShownRows answer, Page page) {
        List<String> lines = new ArrayList<>();
        int shown = page.shown(answer.rows().size(), ROWS_SHOWN);
        for (Map<String, Optional<String>> row : answer.rows().subList(0, shown)) {
            lines.add(heading(key(answer, row), answer.archive().partition(), page));
            TextTable table = new TextTable(page, "  ")
                    .text("column", Math.max(NAME_WIDTH, page.width() / 3))
                    .text("value", page.width() / 2);
            row.forEach((column, cell) -> table.row(column, shown(cell)));
            lines.addAll(table.lines());
        }
        moreRows(answer.rows().size() - shown).ifPresent(lines::add);
        return lines;
    }

    private static Map<String, Optional<String>> key(ShownRows answer, Map<String, Optional<String>> row) {
        Map<String, Optional<String>> key = new LinkedHashMap<>();
        answer.keyColumns().forEach(column -> key.put(column, row.get(column)));
        return key;
    }

    /** A history as a document. */
    public static Map<String, Object> json(RowHistory row) {
        return Json.object(
                "partition", row.partition(),
                "identity", row.identity(),
                "key", row.key(),
                "events", row.events().stream().map(HistoryView::json).toList());
    }

    private static Map<String, Object> json(RowEvent event) {
        Map<String, Object> document = place(event);
        document.put("tags", event.snapshot().tags());
        document.put("columnsAdded", event.columnsCame());
        document.put("columnsDropped", event.columnsWent());
        document.put(
                "cells",
                event.cells().stream()
                        .map(cell ->
                                Json.object("column", cell.column(), "before", cell.before(), "after", cell.after()))
                        .toList());
        return document;
    }

    private static Map<String, Object> place(RowEvent event) {
        return Json.object(
                "kind", event.kind(),
                "date", event.snapshot().date(),
                "archive", event.snapshot().id().value(),
                "id", event.snapshot().snapshotId());
    }

    /** Since when the cells of a row have their values, as a document. */
    public static Map<String, Object> json(RowBlame blame) {
        RowHistory row = blame.row();
        return Json.object(
                "partition", row.partition(),
                "identity", row.identity(),
                "key", row.key(),
                "present", blame.isThere(),
                "lastEvent", place(row.events().get(row.events().size() - 1)),
                "cells",
                        blame.cells().entrySet().stream()
                                .map(cell -> Json.object(
                                        "column", cell.getKey(),
                                        "value", cell.getValue().value(),
                                        "since", place(cell.getValue().event())))
                                .toList());
    }

    /** A row of a state as a document. */
    public static Map<String, Object> json(ShownRows answer, Map<String, Optional<String>> row) {
        List<Map<String, Object>> cells = new ArrayList<>();
        for (Column column : answer.schema().columns()) {
            cells.add(Json.object("column", column.name(), "type", column.type(), "value", row.get(column.name())));
        }
        return Json.object("key", key(answer, row), "cells", cells);
    }

    /** A gap as a document. */
    public static Map<String, Object> json(HistoryGap gap) {
        return Json.object(
                "partition", gap.partition(), "kind", gap.kind(), "date", gap.date(), "detail", gap.detail());
    }
}
