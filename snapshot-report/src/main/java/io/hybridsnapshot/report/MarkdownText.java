package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A report as a short text in GitHub's Markdown: the summary and the first rows of each kind. Values stand in code
 * elements. Characters with a meaning for Markdown are written as character references. Outside code elements, a
 * comment breaks what GitHub would take for a mention or a reference. So no value makes a mention, an element, a link
 * to a page or another cell of a table. One thread.
 */
final class MarkdownText {
    private static final int COLUMNS = 15;
    private static final int ROWS = 10;
    private static final int CELLS = 8;
    private static final int VALUE = 120;
    private static final int NOTE = 2_000;

    /** How much of an equal beginning stands before a difference. */
    private static final int CONTEXT = 20;

    private final ReportSummary summary;
    private final List<String> notes;
    private final ReportColumns columns;
    private final RowSpool rows;
    private final StringBuilder text = new StringBuilder();

    MarkdownText(ReportSummary summary, List<String> notes, ReportColumns columns, RowSpool rows) {
        this.summary = summary;
        this.notes = notes;
        this.columns = columns;
        this.rows = rows;
    }

    void write(OutputStream out) throws IOException {
        DeltaReport delta = summary.delta();
        text.append(ReportFormat.MARK)
                .append("\n\n### ")
                .append(prose(summary.title()))
                .append("\n\n");
        text.append("| changed | added | removed | unchanged | rows before | rows after |\n");
        text.append("|---:|---:|---:|---:|---:|---:|\n");
        row(List.of(
                "**" + ReportText.count(delta.counts().changed()) + "**",
                "**" + ReportText.count(delta.counts().added()) + "**",
                "**" + ReportText.count(delta.counts().deleted()) + "**",
                ReportText.count(delta.counts().unchanged()),
                ReportText.count(delta.counts().before()),
                ReportText.count(delta.counts().after())));
        text.append('\n');
        item("Before: " + code(delta.before()));
        item("After: " + code(delta.after()));
        if (!columns.key().isEmpty()) {
            item("Key: " + columns.key().stream().map(MarkdownText::code).collect(Collectors.joining(", ")));
        }
        summary.facts().forEach((name, value) -> item(prose(name) + ": " + code(value)));
        item("Compared " + prose(ReportText.date(summary.moment())));
        notes.forEach(note -> item(prose(SafeText.cut(note, NOTE))));
        ReportText.expectations(delta).forEach(line -> item("Expectation " + prose(SafeText.cut(line, NOTE))));
        ReportText.concentration(delta, columns::isHidden)
                .forEach(line -> item("Concentration: " + prose(SafeText.cut(line, NOTE))));
        ReportText.drift(delta).forEach(line -> item(prose(line)));
        delta.details()
                .ifPresent(details -> changedColumns(details, delta.counts().changed()));
        changedRows();
        keys(ChangeKind.NEW, "Added rows");
        keys(ChangeKind.DELETED, "Removed rows");
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void changedColumns(ChangeDetails details, long changed) {
        List<ColumnChanges> counts = details.columns();
        if (counts.isEmpty()) {
            return;
        }
        text.append("\n| column | rows changed | of changed |\n|---|---:|---:|\n");
        counts.stream()
                .limit(COLUMNS)
                .forEach(column -> row(List.of(
                        code(column.column()),
                        ReportText.count(column.rows()),
                        ReportText.share(column.rows(), changed))));
        if (counts.size() > COLUMNS) {
            text.append("\nand ")
                    .append(ReportText.counted(counts.size() - COLUMNS, "more column"))
                    .append('\n');
        }
    }

    private void changedRows() throws IOException {
        if (rows.count(ChangeKind.CHANGED) == 0) {
            return;
        }
        text.append("\n#### Changed rows\n\n| row | column | before | after |\n|---|---|---|---|\n");
        int[] left = {ROWS};
        rows.forEach(ChangeKind.CHANGED, row -> {
            changedRow(row);
            return --left[0] > 0;
        });
        more(ChangeKind.CHANGED);
    }

    private void changedRow(ReportRow row) {
        List<ReportRow.Difference> cells = row.differences(columns.layouts()).stream()
                .filter(ReportRow.Difference::counts)
                .toList();
        String key = code(ReportText.key(row, columns));
        for (ReportRow.Difference cell : cells.subList(0, Math.min(CELLS, cells.size()))) {
            String before = columns.shown(cell.column(), cell.before(), "NULL");
            String after = columns.shown(cell.column(), cell.after(), "NULL");
            int from = firstShown(before, after);
            row(List.of(
                    key,
                    code(columns.name(cell.column())),
                    code(from == 0 ? before : "…" + before.substring(from)),
                    code(from == 0 ? after : "…" + after.substring(from))));
            key = "";
        }
        if (cells.isEmpty()) {
            row(List.of(key, "", "", ""));
        }
        if (cells.size() > CELLS) {
            row(List.of("", "and " + ReportText.counted(cells.size() - CELLS, "more column"), "", ""));
        }
    }

    /** Returns how much of an equal beginning is left out, so that the first difference of two texts is shown. */
    private static int firstShown(String before, String after) {
        if (before.length() <= VALUE && after.length() <= VALUE) {
            return 0;
        }
        int same = 0;
        while (same < before.length() && same < after.length() && before.charAt(same) == after.charAt(same)) {
            same++;
        }
        int from = Math.max(0, same - CONTEXT);
        return from > 0 && Character.isLowSurrogate(before.charAt(from)) ? from - 1 : from;
    }

    private void keys(ChangeKind kind, String title) throws IOException {
        if (rows.count(kind) == 0) {
            return;
        }
        text.append("\n#### ").append(title).append("\n\n");
        List<String> keys = new ArrayList<>();
        rows.forEach(kind, row -> keys.add(ReportText.key(row, columns)) && keys.size() < ROWS);
        keys.forEach(key -> item(code(key)));
        more(kind);
    }

    private void more(ChangeKind kind) {
        long left = rows.count(kind) - ROWS;
        if (left > 0) {
            text.append("\nand ")
                    .append(ReportText.counted(left, "more " + ReportText.kind(kind) + " row"))
                    .append('\n');
        }
    }

    private void item(String line) {
        text.append("- ").append(line).append('\n');
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private static String code(String value) {
        return value.isEmpty() ? "(empty)" : "<code>" + escaped(SafeText.cut(value, VALUE)) + "</code>";
    }

    /** Returns a text outside a code element: also no mention of a person and no reference to a ticket. */
    private static String prose(String value) {
        // GitHub looks for mentions after it has decoded character references. A comment stays a border of two texts.
        String broken = escaped(value).replace("&#64;", "&#64;<!-- -->").replace("&#35;", "&#35;<!-- -->");
        return TICKET.matcher(broken).replaceAll("$1<!-- -->");
    }

    /** A reference to a ticket without {@code #}. */
    private static final Pattern TICKET = Pattern.compile("\\b([Gg][Hh]-)(?=[0-9])");

    /** Returns a text in which no character has a meaning for Markdown, on one line. */
    private static String escaped(String value) {
        StringBuilder escaped = new StringBuilder(value.length());
        SafeText.escaped(value).codePoints().forEach(c -> {
            if (MEANINGFUL.indexOf(c) >= 0) {
                escaped.append("&#").append(c).append(';');
            } else {
                escaped.appendCodePoint(c);
            }
        });
        // GitHub makes links of addresses without any markup.
        return escaped.toString().replace("://", "&#58;//").replace("www.", "www&#46;");
    }

    private static final String MEANINGFUL = "\\`*_[]<>#|~&@$";
}
