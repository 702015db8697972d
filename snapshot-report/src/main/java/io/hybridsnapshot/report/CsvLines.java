package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A report as CSV: one line for each changed cell, added row and removed row. The cells of an added or removed row are
 * a JSON object in the last column. Texts that a spreadsheet program would take for a formula start with an apostrophe.
 * NULL is written as nothing, an empty text as two quotes. A key column with the name of another column of the file
 * gets the words {@code (key)} behind its name. One thread.
 */
final class CsvLines {
    private static final String FIRST = "change,";
    private static final Set<String> OWN = Set.of("change", "column", "before", "after", "row");
    private static final String LAST = ",column,before,after,row";

    private final ReportColumns columns;
    private final RowSpool rows;

    CsvLines(ReportColumns columns, RowSpool rows) {
        this.columns = columns;
        this.rows = rows;
    }

    /** Checks whether a text begins with the header of such a file. */
    static boolean isHeader(String beginning) {
        int end = beginning.indexOf("\n");
        String line = end < 0 ? beginning : beginning.substring(0, end);
        // A key of very many characters does not end within the beginning of a file.
        return line.startsWith(FIRST) && (line.endsWith(LAST) || end < 0 && beginning.length() > 1_000);
    }

    void write(OutputStream out) throws IOException {
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
        List<String> header = new ArrayList<>(List.of("change"));
        columns.key().forEach(name -> header.add(field(Optional.of(OWN.contains(name) ? name + " (key)" : name))));
        header.addAll(List.of("column", "before", "after", "row"));
        line(writer, header);
        for (ChangeKind kind : ChangeReport.KINDS) {
            rows.forEach(kind, row -> {
                write(writer, row);
                return true;
            });
        }
        writer.flush();
    }

    private void write(Writer writer, ReportRow row) throws IOException {
        List<String> head = new ArrayList<>(List.of(ReportText.kind(row.kind())));
        for (int i = 0; i < columns.key().size(); i++) {
            boolean known = i < row.key().size();
            // An identity is a hash of the whole key, so it could be guessed from the other columns.
            boolean withheld = known ? columns.isHidden(columns.key().get(i)) : columns.hidesKey();
            if (withheld) {
                head.add(ReportText.HIDDEN);
            } else {
                head.add(
                        known
                                ? field(row.key().get(i))
                                : field(Optional.of(row.identity().toString())));
            }
        }
        List<ReportRow.Difference> counting = row.differences(columns.layouts()).stream()
                .filter(ReportRow.Difference::counts)
                .toList();
        for (ReportRow.Difference cell : counting) {
            List<String> fields = new ArrayList<>(head);
            fields.add(field(Optional.of(columns.name(cell.column()))));
            fields.add(columns.isHidden(cell.column()) ? ReportText.HIDDEN : field(cell.before()));
            fields.add(columns.isHidden(cell.column()) ? ReportText.HIDDEN : field(cell.after()));
            fields.add("");
            line(writer, fields);
        }
        if (counting.isEmpty()) {
            List<String> fields = new ArrayList<>(head);
            fields.addAll(List.of("", "", ""));
            Optional<ReportRow.Side> side = row.kind() == ChangeKind.DELETED ? row.before() : row.after();
            fields.add(side.map(cells -> quoted(object(cells))).orElse(""));
            line(writer, fields);
        }
    }

    private String object(ReportRow.Side side) {
        int[] layout = columns.layouts().get(side.layout());
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < layout.length; i++) {
            json.append(i == 0 ? "" : ",");
            JsonText.append(json, columns.name(layout[i]));
            json.append(':');
            if (columns.isHidden(layout[i])) {
                JsonText.append(json, ReportText.HIDDEN);
            } else if (side.texts().get(i).isPresent()) {
                JsonText.append(json, side.texts().get(i).get());
            } else {
                json.append("null");
            }
        }
        return json.append('}').toString();
    }

    private static void line(Writer writer, List<String> fields) throws IOException {
        writer.write(String.join(",", fields));
        writer.write('\n');
    }

    /** Returns a text as a field. */
    static String field(Optional<String> text) {
        if (text.isEmpty()) {
            return "";
        }
        String safe = looksLikeFormula(text.get()) ? "'" + text.get() : text.get();
        boolean plain = !safe.isEmpty()
                && safe.indexOf(',') < 0
                && safe.indexOf('"') < 0
                && safe.indexOf('\n') < 0
                && safe.indexOf('\r') < 0;
        return plain ? safe : quoted(safe);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /**
     * Checks whether a spreadsheet program would take a text for a formula. The list is OWASP's ("CSV Injection"), as
     * for every CSV file that the project marks. A number is no formula.
     */
    static boolean looksLikeFormula(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        if (at == text.length()) {
            return false;
        }
        return switch (text.charAt(at)) {
            case '-', '+' -> !NUMBER.matcher(text).matches();
            case '=', '@', '\t', '\r', '\n', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20' -> true;
            default -> false;
        };
    }

    private static final Pattern NUMBER =
            Pattern.compile("[-+](?:[0-9]{1,40}(?:\\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,4})?|Infinity)");
}
