package io.hybridsnapshot.app.report;

import io.hybridsnapshot.engine.selection.RowCondition;
import io.hybridsnapshot.engine.tables.RowsApart;
import io.hybridsnapshot.engine.tables.TablesReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A comparison of two tables as lines for people and as documents for programs. Stateless. */
public final class TablesView {
    private static final int EXAMPLES_SHOWN = 5;
    private static final int FILE_WIDTH = 85;

    private TablesView() {}

    /** Checks whether rows could not be compared, which counts as a difference. */
    public static boolean differs(TablesReport report) {
        return !report.apartBefore().isEmpty() || !report.apartAfter().isEmpty();
    }

    /** Returns the comparison as lines that fit a page, if the names of the files are short. */
    public static List<String> lines(
            TablesReport report, List<RowCondition> conditions, String before, String after, Page page) {
        List<String> lines = new ArrayList<>();
        if (!conditions.isEmpty()) {
            lines.add("  where:  "
                    + page.fitting(
                            DisplayText.escaped(conditions.stream()
                                    .map(RowCondition::toString)
                                    .collect(Collectors.joining(" and "))),
                            12));
        }
        lines.add(keyLine(report, page));
        if (!report.otherKeys().isEmpty()) {
            String others =
                    report.otherKeys().stream().map(key -> names(key, page)).collect(Collectors.joining(", "));
            lines.add("  other columns that would do: " + page.fitting(others, 32));
        }
        lines.addAll(DeltaView.lines(report.delta().named(before, after), page));
        if (!conditions.isEmpty()
                && !differs(report)
                && report.delta().counts().before() + report.delta().counts().after() == 0) {
            lines.add("  No row of either file meets the conditions.");
        }
        if (report.delta().details().stream()
                .anyMatch(details -> !details.renames().isEmpty())) {
            lines.add("    (--map OLD=NEW compares a renamed column)");
        }
        lines.addAll(apart("before", report.apartBefore(), page));
        lines.addAll(apart("after", report.apartAfter(), page));
        return lines;
    }

    /** Returns a file's name and form in one line, in which the name is cut if both are long. */
    public static String file(String name, String form) {
        return DisplayText.cut(DisplayText.escaped(name), FILE_WIDTH - form.length()) + " (" + form + ")";
    }

    /** Returns a hint on the reading of a file as lines. */
    public static List<String> hint(String text, Page page) {
        return page.wrapped("  hint:   " + DisplayText.escaped(text), "          ");
    }

    private static String keyLine(TablesReport report, Page page) {
        return "  key:    " + names(report.key(), page) + (report.keyFound() ? " (found; --key names another)" : "");
    }

    private static String names(List<String> columns, Page page) {
        return page.fitting(DisplayText.escaped(String.join(" + ", columns)), 40);
    }

    private static List<String> apart(String table, RowsApart apart, Page page) {
        if (apart.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("");
        List<String> kinds = new ArrayList<>();
        if (apart.withoutKey() > 0) {
            kinds.add(Amounts.counted(apart.withoutKey(), "row") + " without a key");
        }
        if (apart.repeated() > 0) {
            kinds.add(
                    Amounts.counted(apart.repeated(), "row") + " with a key that one of the files has more than once");
        }
        lines.add("  Not compared, " + table + ": " + String.join(", ", kinds));
        for (RowsApart.Example example : apart.examples()
                .subList(0, Math.min(EXAMPLES_SHOWN, apart.examples().size()))) {
            String key = example.key().entrySet().stream()
                    .map(part -> part.getKey() + " = "
                            + part.getValue().map(DisplayText::visible).orElse("NULL"))
                    .collect(Collectors.joining(", "));
            lines.add("    " + example.place() + ": " + page.fitting(DisplayText.escaped(key), 40));
        }
        if (apart.count() > EXAMPLES_SHOWN) {
            lines.add("    and " + Amounts.counted(apart.count() - EXAMPLES_SHOWN, "more row"));
        }
        return lines;
    }

    /** Returns the key as a document. */
    public static Map<String, Object> keyJson(TablesReport report) {
        return Json.object("columns", report.key(), "found", report.keyFound(), "others", report.otherKeys());
    }

    /** Returns the rows that were not compared as a document. */
    public static Map<String, Object> apartJson(TablesReport report) {
        return Json.object("before", json(report.apartBefore()), "after", json(report.apartAfter()));
    }

    private static Map<String, Object> json(RowsApart apart) {
        return Json.object(
                "withoutKey",
                apart.withoutKey(),
                "repeatedKey",
                apart.repeated(),
                "examples",
                apart.examples().stream()
                        .map(example -> Json.object("place", example.place(), "key", example.key()))
                        .toList());
    }

    /** Returns the differences as a document. */
    public static Map<String, Object> deltaJson(TablesReport report, String before, String after) {
        return DeltaView.json(report.delta().named(before, after));
    }
}
