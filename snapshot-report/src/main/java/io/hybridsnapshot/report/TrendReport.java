package io.hybridsnapshot.report;

import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The trends of a dataset as one page that needs no other file: rows, changes and storage over time, each as a plot,
 * and all numbers as a table. Chart.js draws the plots. Immutable.
 *
 * @param dataset the dataset's name
 * @param step the length of a period
 * @param periods the periods with archives, as {@code KnownDatasets.trend} returns them
 * @param moment when the page is made
 */
public record TrendReport(String dataset, TrendStep step, List<TrendPeriod> periods, Instant moment) {
    /** In the order of the columns: the keys of the series and the heads of the table. */
    private static final List<String> HEADS = List.of(
            "Period (UTC)", "Archives", "Removed since", "Rows", "Added", "Changed", "Removed", "Unknown", "Size");

    public TrendReport {
        Objects.requireNonNull(dataset, "dataset");
        Objects.requireNonNull(step, "step");
        periods = List.copyOf(periods);
        Objects.requireNonNull(moment, "moment");
    }

    /**
     * Writes the page.
     *
     * @param out the stream, which stays open
     * @throws IOException if the stream fails
     */
    public void write(OutputStream out) throws IOException {
        List<LocalDate> starts = TrendSeries.starts(periods, step);
        List<TrendSeries> series = TrendSeries.of(periods, starts);
        List<String> scripts = List.of(PageShell.resource("chart.js"), PageShell.resource("trends.js"));
        String style = PageShell.resource("report.css") + PageShell.resource("trends.css");
        String title = "Trends of " + dataset;
        Writer html = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        PageShell.begin(html, title, style, scripts);
        html.write("<header>\n<h1>" + PageShell.text(title) + "</h1>\n<dl class=\"facts\">\n");
        if (!starts.isEmpty()) {
            LocalDate last = starts.get(starts.size() - 1);
            PageShell.fact(html, "From", starts.get(0).toString());
            PageShell.fact(html, "To", step.end(last).minusDays(1).toString());
        }
        PageShell.fact(html, "By", step.name().toLowerCase(Locale.ROOT));
        PageShell.fact(html, "Made", ReportText.date(moment));
        html.write("</dl>\n</header>\n<main>\n");
        if (series.isEmpty()) {
            html.write("<p>No archive is in this period.</p>\n</main>\n");
            PageShell.end(html, List.of());
        } else {
            body(html, starts, series);
            html.write("</main>\n");
            data(html, starts, series);
            PageShell.end(html, scripts);
        }
        html.flush();
    }

    private void body(Writer html, List<LocalDate> starts, List<TrendSeries> series) throws IOException {
        TrendSeries shown = series.get(0);
        if (series.size() > 1) {
            html.write("<p class=\"choice\"><label for=\"series\">Partition</label> <select id=\"series\">");
            for (int i = 0; i < series.size(); i++) {
                html.write("<option value=\"" + i + "\">"
                        + PageShell.text(series.get(i).name()) + "</option>");
            }
            html.write("</select></p>\n");
        }
        html.write("<section aria-label=\"Numbers\">\n<ul class=\"tiles\" id=\"tiles\">\n");
        tile(
                html,
                shown.lastRows() == TrendSeries.UNKNOWN ? "-" : ReportText.count(shown.lastRows()),
                "rows in the newest archive");
        long archives = TrendSeries.sum(shown.archives());
        long removed = TrendSeries.sum(shown.removed());
        tile(html, ReportText.count(archives - removed), "archives kept, of these periods");
        tile(html, ReportText.count(removed), "archives removed, of these periods");
        tile(html, ReportText.size(TrendSeries.sum(shown.kept())), "kept, of these periods");
        html.write("</ul>\n</section>\n");
        html.write("<noscript><p>The plots are drawn by this page's own script, which is turned off here.</p>"
                + "</noscript>\n");
        figure(html, "rows", "Rows");
        figure(html, "changes", "Changes");
        figure(html, "storage", "Storage of the archives");
        html.write("<section aria-labelledby=\"table-title\">\n<h2 id=\"table-title\">All numbers</h2>\n"
                + "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table of all numbers\">"
                + "<table class=\"columns\" id=\"numbers\">\n<thead><tr>");
        for (String head : HEADS) {
            html.write("<th scope=\"col\">" + head + "</th>");
        }
        html.write("</tr></thead>\n<tbody>\n");
        for (int at = 0; at < starts.size(); at++) {
            if (shown.archives()[at] > 0) {
                row(html, step.name(starts.get(at)), shown, at);
            }
        }
        html.write("</tbody>\n</table></div>\n<p class=\"quiet\">Rows are those of the newest archive. Added, changed"
                + " and removed rows are sums over the saves of the period; saves without known changes are counted as"
                + " unknown.</p>\n</section>\n");
    }

    private static void tile(Writer html, String value, String name) throws IOException {
        html.write("<li class=\"tile\"><strong>" + value + "</strong> <span>" + name + "</span></li>\n");
    }

    private static void figure(Writer html, String id, String title) throws IOException {
        html.write("<figure><figcaption><h2>" + title + "</h2></figcaption><div class=\"plot\"><canvas id=\"" + id
                + "\" role=\"img\" aria-label=\"" + title + " over time; the table below has the numbers\"></canvas>"
                + "</div></figure>\n");
    }

    private static void row(Writer html, String period, TrendSeries series, int at) throws IOException {
        html.write("<tr><th scope=\"row\">" + period + "</th>");
        for (long number : new long[] {
            series.archives()[at],
            series.removed()[at],
            series.rows()[at],
            series.added()[at],
            series.changed()[at],
            series.deleted()[at],
            series.unknown()[at]
        }) {
            html.write("<td>" + (number == TrendSeries.UNKNOWN ? "-" : ReportText.count(number)) + "</td>");
        }
        html.write("<td>" + ReportText.size(series.kept()[at] + series.gone()[at]) + "</td></tr>\n");
    }

    private void data(Writer html, List<LocalDate> starts, List<TrendSeries> series) throws IOException {
        StringBuilder json = new StringBuilder("{\"periods\":[");
        for (int at = 0; at < starts.size(); at++) {
            json.append(at == 0 ? "" : ",");
            JsonText.append(json, step.name(starts.get(at)));
        }
        json.append("],\n\"series\":[");
        for (int i = 0; i < series.size(); i++) {
            json.append(i == 0 ? "\n" : ",\n");
            series.get(i).append(json);
        }
        html.write("<script type=\"application/json\" id=\"data\">" + json + "]}</script>\n");
    }
}
