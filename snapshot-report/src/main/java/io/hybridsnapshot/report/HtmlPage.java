package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A report as one page that needs no other file. The summary is HTML. The rows are JSON, and the page's own script
 * shows some of them at a time, as texts. {@link PageShell} keeps cells from running. One thread.
 */
final class HtmlPage {
    private static final int NOTE = 2_000;
    private static final int COLUMNS_SHOWN = 8;

    private final ReportSummary summary;
    private final List<String> notes;
    private final ReportColumns columns;
    private final RowSpool rows;
    private final PageRows page;

    HtmlPage(ReportSummary summary, List<String> notes, ReportColumns columns, RowSpool rows, PageRows page) {
        this.summary = summary;
        this.notes = notes;
        this.columns = columns;
        this.rows = rows;
        this.page = page;
    }

    void write(OutputStream out) throws IOException {
        Writer html = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        String script = PageShell.resource("report.js");
        String style = PageShell.resource("report.css");
        List<String> scripts = List.of(script);
        PageShell.begin(html, summary.title(), style, scripts);
        html.write("<a class=\"skip\" href=\"#rows\">Skip to the rows</a>\n");
        header(html);
        html.write("<main>\n");
        counts(html);
        notes(html);
        expectations(html);
        changedColumns(html);
        concentration(html);
        drift(html);
        apart(html);
        rowsSection(html);
        html.write("</main>\n");
        data(html);
        PageShell.end(html, scripts);
        html.flush();
    }

    private void header(Writer html) throws IOException {
        DeltaReport delta = summary.delta();
        html.write("<header>\n<h1>" + PageShell.text(summary.title()) + "</h1>\n<dl class=\"facts\">\n");
        PageShell.fact(html, "Before", delta.before());
        PageShell.fact(html, "After", delta.after());
        if (!columns.key().isEmpty()) {
            PageShell.fact(html, "Key", ReportText.names(columns.key()));
        }
        for (var fact : summary.facts().entrySet()) {
            PageShell.fact(html, fact.getKey(), fact.getValue());
        }
        PageShell.fact(html, "Compared", ReportText.date(summary.moment()));
        html.write("</dl>\n</header>\n");
    }

    private void counts(Writer html) throws IOException {
        DeltaSummary counts = summary.delta().counts();
        html.write("<section aria-label=\"Numbers of rows\">\n<ul class=\"tiles\">\n");
        tile(html, ChangeKind.CHANGED, counts.changed());
        tile(html, ChangeKind.NEW, counts.added());
        tile(html, ChangeKind.DELETED, counts.deleted());
        tile(html, ChangeKind.UNCHANGED, counts.unchanged());
        html.write("</ul>\n<p class=\"quiet\">" + ReportText.counted(counts.before(), "row") + " before, "
                + ReportText.counted(counts.after(), "row") + " after</p>\n</section>\n");
    }

    private static void tile(Writer html, ChangeKind kind, long count) throws IOException {
        String name = ReportText.kind(kind);
        html.write("<li class=\"tile " + name + "\"><strong>" + ReportText.count(count) + "</strong> <span>" + name
                + "</span></li>\n");
    }

    private void notes(Writer html) throws IOException {
        List<String> all = new ArrayList<>(notes);
        pageLimit().ifPresent(note -> all.add(0, note));
        if (all.isEmpty()) {
            return;
        }
        html.write("<section aria-label=\"Remarks\">\n<ul class=\"notes\">\n");
        for (String note : all) {
            html.write("<li>" + PageShell.text(SafeText.cut(note, NOTE)) + "</li>\n");
        }
        html.write("</ul>\n</section>\n");
    }

    private Optional<String> pageLimit() {
        long all = ChangeReport.KINDS.stream().mapToLong(rows::count).sum();
        if (page.shownCount() == all) {
            return Optional.empty();
        }
        String kinds = ChangeReport.KINDS.stream()
                .filter(kind -> rows.count(kind) > 0)
                .map(kind -> ReportText.count(page.shown(kind)) + " of " + ReportText.count(rows.count(kind)) + " "
                        + ReportText.kind(kind))
                .collect(Collectors.joining(", "));
        return Optional.of("This page holds the first rows alone: " + kinds + ". A page holds at most "
                + ReportText.counted(page.limits().rows(), "row") + " and "
                + ReportText.count(page.limits().bytes() / 1_000_000) + " MB of rows."
                + summary.allRows()
                        .map(file -> " All rows are in " + file + ", beside this page.")
                        .orElse(""));
    }

    private void changedColumns(Writer html) throws IOException {
        List<ColumnChanges> counts =
                summary.delta().details().map(ChangeDetails::columns).orElse(List.of());
        if (counts.isEmpty()) {
            return;
        }
        html.write("<section aria-labelledby=\"columns-title\">\n<h2 id=\"columns-title\">Changed columns</h2>\n");
        table(
                html,
                counts.subList(0, Math.min(COLUMNS_SHOWN, counts.size())),
                counts.get(0).rows());
        if (counts.size() > COLUMNS_SHOWN) {
            html.write("<details><summary>" + ReportText.counted(counts.size() - COLUMNS_SHOWN, "more column")
                    + "</summary>\n");
            table(
                    html,
                    counts.subList(COLUMNS_SHOWN, counts.size()),
                    counts.get(0).rows());
            html.write("</details>\n");
        }
        html.write("</section>\n");
    }

    private void table(Writer html, List<ColumnChanges> counts, long most) throws IOException {
        long changed = summary.delta().counts().changed();
        html.write("<table class=\"columns\">\n<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Rows changed"
                + "</th><th scope=\"col\">Of changed</th><th class=\"bar\" aria-hidden=\"true\"></th></tr></thead>\n"
                + "<tbody>\n");
        for (ColumnChanges column : counts) {
            long width = Math.max(1, Math.round(100.0 * column.rows() / most));
            html.write("<tr><th scope=\"row\"><button type=\"button\" class=\"link\" data-column=\""
                    + columns.number(column.column()) + "\">" + PageShell.text(column.column()) + "</button></th><td>"
                    + ReportText.count(column.rows()) + "</td><td>" + ReportText.share(column.rows(), changed)
                    + "</td><td class=\"bar\" aria-hidden=\"true\"><svg viewBox=\"0 0 100 8\" "
                    + "preserveAspectRatio=\"none\"><rect width=\"" + width
                    + "\" height=\"8\" rx=\"1\"/></svg></td></tr>\n");
        }
        html.write("</tbody>\n</table>\n");
    }

    private void expectations(Writer html) throws IOException {
        List<String> lines = ReportText.expectations(summary.delta());
        if (lines.isEmpty()) {
            return;
        }
        html.write(
                "<section aria-labelledby=\"expectations-title\">\n<h2 id=\"expectations-title\">Expectations</h2>\n");
        list(html, lines);
        html.write("</section>\n");
    }

    private void concentration(Writer html) throws IOException {
        List<String> lines = ReportText.concentration(summary.delta(), columns::isHidden);
        if (lines.isEmpty()) {
            return;
        }
        html.write("<section aria-labelledby=\"concentration-title\">\n"
                + "<h2 id=\"concentration-title\">Where the changes are concentrated</h2>\n");
        list(html, lines);
        html.write("</section>\n");
    }

    private void drift(Writer html) throws IOException {
        List<String> lines = ReportText.drift(summary.delta());
        if (lines.isEmpty()) {
            return;
        }
        html.write("<section aria-labelledby=\"drift-title\">\n<h2 id=\"drift-title\">Changes of the schema</h2>\n");
        list(html, lines);
        html.write("</section>\n");
    }

    private void apart(Writer html) throws IOException {
        List<String> before = ReportText.apartRows(summary.apartBefore(), columns);
        List<String> after = ReportText.apartRows(summary.apartAfter(), columns);
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        html.write("<section aria-labelledby=\"apart-title\">\n<h2 id=\"apart-title\">Rows not compared</h2>\n");
        apart(html, "Before", before, summary.apartBefore().count());
        apart(html, "After", after, summary.apartAfter().count());
        html.write("</section>\n");
    }

    private static void apart(Writer html, String side, List<String> lines, long count) throws IOException {
        if (!lines.isEmpty()) {
            html.write("<h3>" + side + ": " + ReportText.counted(count, "row")
                    + (count > lines.size() ? ", the first of them" : "") + "</h3>\n");
            list(html, lines);
        }
    }

    private static void list(Writer html, List<String> lines) throws IOException {
        html.write("<ul>\n");
        for (String line : lines) {
            html.write("<li>" + PageShell.text(SafeText.cut(line, NOTE)) + "</li>\n");
        }
        html.write("</ul>\n");
    }

    private void rowsSection(Writer html) throws IOException {
        html.write("<section id=\"rows\" aria-labelledby=\"rows-title\" tabindex=\"-1\">\n"
                + "<h2 id=\"rows-title\">Rows</h2>\n");
        if (page.shownCount() == 0) {
            html.write("<p>No row is listed.</p>\n</section>\n");
            return;
        }
        html.write("<noscript><p>The rows are shown by this page's own script, which is turned off here.</p>"
                + "</noscript>\n<form id=\"tools\" hidden>\n<fieldset class=\"kinds\"><legend>Show</legend>\n");
        kind(html, "all", "all", page.shownCount(), " checked");
        for (ChangeKind kind : ChangeReport.KINDS) {
            if (page.shown(kind) > 0) {
                kind(
                        html,
                        String.valueOf(ChangeReport.KINDS.indexOf(kind)),
                        ReportText.kind(kind),
                        page.shown(kind),
                        "");
            }
        }
        html.write("</fieldset>\n"
                + "<p><label for=\"search\">Search all cells</label> <input id=\"search\" type=\"search\" "
                + "autocomplete=\"off\" spellcheck=\"false\"></p>\n"
                + "<p><label for=\"column\">Changed column</label> <select id=\"column\"><option value=\"\">any"
                + "</option></select></p>\n"
                + "<p><label for=\"size\">Rows a page</label> <select id=\"size\"><option>10</option>"
                + "<option selected>25</option><option>100</option></select></p>\n"
                + "<p class=\"check\"><input id=\"whole\" type=\"checkbox\"> <label for=\"whole\">Show all columns"
                + "</label></p>\n</form>\n"
                + "<p id=\"status\" role=\"status\"></p>\n<div id=\"list\"></div>\n"
                + "<nav id=\"pager\" aria-label=\"Pages\" hidden><button type=\"button\" id=\"previous\">Previous"
                + "</button> <span id=\"place\"></span> <button type=\"button\" id=\"next\">Next</button></nav>\n"
                + "</section>\n");
    }

    private static void kind(Writer html, String value, String name, long count, String checked) throws IOException {
        html.write("<label><input type=\"radio\" name=\"kind\" value=\"" + value + "\"" + checked + "> <span>" + name
                + " " + ReportText.count(count) + "</span></label>\n");
    }

    private void data(Writer html) throws IOException {
        html.write("<script type=\"application/json\" id=\"data\">{\"columns\":");
        strings(html, columns.names());
        html.write(",\n\"key\":");
        numbers(html, columns.key().stream().map(columns::number).toList());
        html.write(",\n\"hidden\":");
        numbers(html, columns.hidden().stream().map(columns::number).toList());
        html.write(",\n\"layouts\":[");
        String separator = "";
        for (int[] layout : columns.layouts()) {
            html.write(separator);
            numbers(html, Arrays.stream(layout).boxed().toList());
            separator = ",";
        }
        html.write("],\n\"before\":" + columns.earlierLayout() + ",\n\"rows\":[");
        String[] before = {"\n"};
        page.forEach(json -> {
            html.write(before[0]);
            html.write(json);
            before[0] = ",\n";
        });
        html.write("]}</script>\n");
    }

    private static void strings(Writer html, List<String> texts) throws IOException {
        html.write(texts.stream().map(JsonText::of).collect(Collectors.joining(",", "[", "]")));
    }

    private static void numbers(Writer html, List<Integer> numbers) throws IOException {
        html.write(numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
    }
}
