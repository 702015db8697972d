package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.ColumnChanges;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.engine.comparison.ChangeDetails;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/**
 * A report as an Excel workbook with the sheets summary, changes, added and removed. Texts are inline strings, which no
 * program takes for formulas. Numbers that a workbook holds exactly are numbers. Sheets end at Excel's limits, and the
 * summary says so. One thread.
 */
final class ExcelWorkbook {
    /** Excel's limits: rows of a sheet with the header, columns, characters of a cell. */
    private static final int MOST_ROWS = 1_048_576;

    private static final int MOST_COLUMNS = 16_384;
    private static final int MOST_CHARACTERS = 32_767;

    /** The most digits of a number that a double holds exactly. */
    private static final int EXACT_DIGITS = 15;

    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]{1,14})?");

    /** A text of this form would be read as one character. */
    private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-Fa-f]{4})_");

    /** Cells and characters between two flushes, which bound the memory to some tens of megabytes. */
    private static final int FLUSH_CELLS = 50_000;

    private static final int FLUSH_CHARACTERS = 4_000_000;

    private final ReportSummary summary;
    private final List<String> notes;
    private final ReportColumns columns;
    private final RowSpool rows;
    private final int mostRows;
    private final List<String> cuts = new ArrayList<>();
    private boolean cutText;
    private int cells;
    private int characters;

    ExcelWorkbook(ReportSummary summary, List<String> notes, ReportColumns columns, RowSpool rows) {
        this(summary, notes, columns, rows, MOST_ROWS);
    }

    /** Makes a workbook with fewer rows on a sheet, for tests. */
    ExcelWorkbook(ReportSummary summary, List<String> notes, ReportColumns columns, RowSpool rows, int mostRows) {
        this.summary = summary;
        this.notes = notes;
        this.columns = columns;
        this.rows = rows;
        this.mostRows = mostRows;
    }

    void write(OutputStream out) throws IOException {
        try (Workbook workbook = new Workbook(new Unclosed(out), ReportFormat.APPLICATION, "1.0")) {
            // The sheet comes first in the workbook and is written last: it lists the limits that the others met.
            Worksheet first = workbook.newWorksheet("summary");
            changes(workbook.newWorksheet("changes"));
            wholeRows(workbook.newWorksheet("added"), ChangeKind.NEW);
            wholeRows(workbook.newWorksheet("removed"), ChangeKind.DELETED);
            summary(first);
        }
        out.flush();
    }

    private void changes(Worksheet sheet) throws IOException {
        List<String> header = new ArrayList<>(columns.key());
        header.addAll(List.of("column", "before", "after"));
        header(sheet, header);
        int[] at = {1};
        boolean[] cut = {false};
        rows.forEach(ChangeKind.CHANGED, row -> {
            List<ReportRow.Difference> cells = row.differences(columns.layouts()).stream()
                    .filter(ReportRow.Difference::counts)
                    .toList();
            for (int i = 0; i < Math.max(1, cells.size()); i++) {
                if (at[0] == mostRows) {
                    cut[0] = true;
                    return false;
                }
                key(sheet, at[0], row);
                if (!cells.isEmpty()) {
                    ReportRow.Difference cell = cells.get(i);
                    int column = columns.key().size();
                    text(sheet, at[0], column, columns.name(cell.column()));
                    value(sheet, at[0], column + 1, cell.column(), cell.before());
                    value(sheet, at[0], column + 2, cell.column(), cell.after());
                }
                at[0]++;
                flush(sheet);
            }
            return true;
        });
        if (cut[0]) {
            cuts.add("The sheet changes ends at Excel's limit of " + ReportText.count(mostRows)
                    + " rows. Not all changed cells are on it.");
        }
        sheet.finish();
    }

    private void wholeRows(Worksheet sheet, ChangeKind kind) throws IOException {
        List<Integer> shown = columnsOf(kind);
        List<String> header = new ArrayList<>();
        shown.forEach(column -> header.add(columns.name(column)));
        if (header.isEmpty()) {
            header.addAll(columns.key());
        }
        header(sheet, header);
        int[] at = {1};
        rows.forEach(kind, row -> {
            if (at[0] == mostRows) {
                cuts.add("The sheet " + ReportText.kind(kind) + " ends at Excel's limit of "
                        + ReportText.count(mostRows) + " rows. It leaves out "
                        + ReportText.counted(rows.count(kind) - mostRows + 1, "row") + ".");
                return false;
            }
            Optional<ReportRow.Side> side = kind == ChangeKind.NEW ? row.after() : row.before();
            if (side.isEmpty()) {
                key(sheet, at[0], row);
            } else {
                for (int i = 0; i < shown.size(); i++) {
                    value(sheet, at[0], i, shown.get(i), side.get().texts().get(i));
                }
            }
            at[0]++;
            flush(sheet);
            return true;
        });
        sheet.finish();
    }

    /** Returns the columns of the rows of a kind, as many as a sheet has. */
    private List<Integer> columnsOf(ChangeKind kind) throws IOException {
        List<Integer> found = new ArrayList<>();
        rows.forEach(kind, row -> {
            Optional<ReportRow.Side> side = kind == ChangeKind.NEW ? row.after() : row.before();
            side.ifPresent(cells -> {
                for (int column : columns.layouts().get(cells.layout())) {
                    found.add(column);
                }
            });
            return false;
        });
        if (found.size() > MOST_COLUMNS) {
            cuts.add("The sheet " + ReportText.kind(kind) + " ends at Excel's limit of "
                    + ReportText.count(MOST_COLUMNS) + " columns. The tables have more.");
            return found.subList(0, MOST_COLUMNS);
        }
        return found;
    }

    private void summary(Worksheet sheet) throws IOException {
        DeltaReport delta = summary.delta();
        int at = 0;
        text(sheet, at, 0, summary.title());
        sheet.style(at, 0).bold().fontSize(14).set();
        at += 2;
        at = fact(sheet, at, "before", delta.before());
        at = fact(sheet, at, "after", delta.after());
        if (!columns.key().isEmpty()) {
            at = fact(sheet, at, "key", ReportText.names(columns.key()));
        }
        for (var fact : summary.facts().entrySet()) {
            at = fact(sheet, at, fact.getKey(), fact.getValue());
        }
        at = fact(sheet, at, "compared", ReportText.date(summary.moment()));
        at = fact(sheet, at, "basis", delta.basis().toString()) + 1;
        at = number(sheet, at, "changed", delta.counts().changed());
        at = number(sheet, at, "added", delta.counts().added());
        at = number(sheet, at, "removed", delta.counts().deleted());
        at = number(sheet, at, "unchanged", delta.counts().unchanged());
        at = number(sheet, at, "rows before", delta.counts().before());
        at = number(sheet, at, "rows after", delta.counts().after()) + 1;
        if (cutText) {
            cuts.add("Some texts end at Excel's limit of " + ReportText.count(MOST_CHARACTERS) + " characters.");
        }
        for (List<String> lines : List.of(
                cuts,
                notes,
                ReportText.expectations(delta),
                ReportText.concentration(delta, columns::isHidden),
                ReportText.drift(delta))) {
            for (String line : lines) {
                text(sheet, at++, 0, line);
            }
        }
        List<ColumnChanges> changed =
                delta.details().map(ChangeDetails::columns).orElse(List.of());
        if (!changed.isEmpty()) {
            at++;
            text(sheet, at, 0, "column");
            text(sheet, at, 1, "rows changed");
            sheet.range(at, 0, at, 1).style().bold().set();
            for (ColumnChanges column : changed) {
                number(sheet, ++at, column.column(), column.rows());
            }
        }
        sheet.width(0, 28);
        sheet.width(1, 40);
        sheet.finish();
    }

    private int fact(Worksheet sheet, int row, String name, String value) {
        text(sheet, row, 0, name);
        text(sheet, row, 1, value);
        return row + 1;
    }

    private int number(Worksheet sheet, int row, String name, long value) {
        text(sheet, row, 0, name);
        sheet.value(row, 1, value);
        return row + 1;
    }

    private void header(Worksheet sheet, List<String> names) {
        int count = Math.min(names.size(), MOST_COLUMNS);
        for (int i = 0; i < count; i++) {
            text(sheet, 0, i, names.get(i));
            sheet.style(0, i).bold().set();
            sheet.width(i, Math.min(40, Math.max(12, names.get(i).length() + 2)));
        }
        sheet.freezePane(0, 1);
    }

    private void flush(Worksheet sheet) throws IOException {
        if (cells >= FLUSH_CELLS || characters >= FLUSH_CHARACTERS) {
            sheet.flush();
            cells = 0;
            characters = 0;
        }
    }

    private void key(Worksheet sheet, int at, ReportRow row) {
        for (int i = 0; i < columns.key().size(); i++) {
            int column = columns.number(columns.key().get(i));
            if (i < row.key().size()) {
                value(sheet, at, i, column, row.key().get(i));
            } else {
                text(
                        sheet,
                        at,
                        i,
                        columns.hidesKey() ? ReportText.HIDDEN : row.identity().toString());
            }
        }
    }

    private void value(Worksheet sheet, int row, int at, int column, Optional<String> text) {
        if (columns.isHidden(column)) {
            text(sheet, row, at, ReportText.HIDDEN);
        } else if (text.isPresent()) {
            if (columns.isNumeric(column) && isExact(text.get())) {
                sheet.value(row, at, new BigDecimal(text.get()));
                cells++;
            } else {
                text(sheet, row, at, text.get());
            }
        }
    }

    private static boolean isExact(String text) {
        return NUMBER.matcher(text).matches()
                && text.chars().filter(Character::isDigit).count() <= EXACT_DIGITS;
    }

    private void text(Worksheet sheet, int row, int column, String text) {
        String shown = visible(text);
        if (shown.length() > MOST_CHARACTERS) {
            cutText = true;
            int end = MOST_CHARACTERS - 1;
            shown = shown.substring(0, Character.isHighSurrogate(shown.charAt(end - 1)) ? end - 1 : end) + "…";
        }
        cells++;
        characters += shown.length();
        sheet.inlineString(row, column, ESCAPE.matcher(shown).replaceAll("_x005F_x$1_"));
    }

    /** Line breaks stay; other characters that move or hide text are written out. */
    private static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                visible.append(SafeText.escaped(text.substring(from, i))).append('\n');
                from = i + 1;
            }
        }
        return visible.append(SafeText.escaped(text.substring(from))).toString();
    }

    /** A stream that stays its owner's. */
    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
