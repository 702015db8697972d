package io.hybridsnapshot.csv;

import java.util.ArrayList;
import java.util.List;

/** A reader of well-formed CSV, one character at a time, that shares no code with the real one. */
record NaiveCsv(List<List<Cell>> records, List<Long> starts) {
    record Cell(String text, boolean quoted) {}

    static NaiveCsv read(String text) {
        List<List<Cell>> records = new ArrayList<>();
        List<Long> starts = new ArrayList<>();
        int at = text.startsWith("\uFEFF") ? 1 : 0;
        while (at < text.length()) {
            starts.add(1 + breaks(text.substring(0, at)));
            List<Cell> cells = new ArrayList<>();
            boolean more = true;
            while (more) {
                StringBuilder cell = new StringBuilder();
                boolean quoted = at < text.length() && text.charAt(at) == '"';
                if (quoted) {
                    at++;
                    while (text.charAt(at) != '"' || text.startsWith("\"\"", at)) {
                        cell.append(text.charAt(at));
                        at += text.charAt(at) == '"' ? 2 : 1;
                    }
                    at++;
                } else {
                    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
                        cell.append(text.charAt(at++));
                    }
                }
                cells.add(new Cell(cell.toString(), quoted));
                more = at < text.length() && text.charAt(at) == ',';
                at += more ? 1 : 0;
            }
            at += text.startsWith("\r\n", at) ? 2 : 1;
            records.add(cells);
        }
        return new NaiveCsv(records, starts);
    }

    /** The rows, NULL as null. */
    List<List<String>> rows(EmptyCells emptyCells) {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 1; i < records.size(); i++) {
            if (isRow(i)) {
                List<String> row = new ArrayList<>();
                for (Cell cell : records.get(i)) {
                    boolean isNull = cell.text().isEmpty()
                            && (emptyCells == EmptyCells.EMPTY_IS_NULL
                                    || emptyCells == EmptyCells.UNQUOTED_EMPTY_IS_NULL && !cell.quoted());
                    row.add(isNull ? null : cell.text());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** The lines on which the rows start. */
    List<Long> lines() {
        List<Long> lines = new ArrayList<>();
        for (int i = 1; i < records.size(); i++) {
            if (isRow(i)) {
                lines.add(starts.get(i));
            }
        }
        return lines;
    }

    private boolean isRow(int i) {
        List<Cell> cells = records.get(i);
        boolean blank = cells.size() == 1
                && !cells.get(0).quoted()
                && cells.get(0).text().isEmpty();
        return records.get(0).size() == 1 || !blank;
    }

    private static long breaks(String text) {
        return text.replace("\r\n", "\n")
                .chars()
                .filter(c -> c == '\n' || c == '\r')
                .count();
    }
}
