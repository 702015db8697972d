package io.hybridsnapshot.app.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in aligned columns under a header. A column is as wide as its cells, up to a limit; a longer cell is cut and
 * ends in an ellipsis. Not thread-safe.
 */
public final class TextTable {
    /** The side of its column on which a cell stands. */
    public enum Side {
        /** Texts. */
        LEFT,
        /** Numbers. */
        RIGHT
    }

    private record Heading(String name, Side side, int limit) {}

    private static final String GAP = "  ";

    private final String indent;
    private final List<Heading> headings = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** An empty table with an indent before each line. */
    public TextTable(String indent) {
        this.indent = indent;
    }

    /** Adds a column of texts that takes at most {@code limit} columns of the terminal. */
    public TextTable text(String name, int limit) {
        headings.add(new Heading(name, Side.LEFT, limit));
        return this;
    }

    /** Adds a column of numbers, which are never cut. */
    public TextTable number(String name) {
        headings.add(new Heading(name, Side.RIGHT, Integer.MAX_VALUE));
        return this;
    }

    /** Adds a row with a cell for each column. */
    public void row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size() + " columns");
        }
        List<String> row = new ArrayList<>(cells.length);
        for (int i = 0; i < cells.length; i++) {
            row.add(DisplayText.cut(
                    DisplayText.escaped(String.valueOf(cells[i])),
                    headings.get(i).limit()));
        }
        rows.add(row);
    }

    /** Whether no row was added. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The lines, without blanks at their ends. */
    public List<String> lines() {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = DisplayText.width(headings.get(i).name());
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], DisplayText.width(row.get(i)));
            }
        }
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(line(headings.stream().map(Heading::name).toList(), widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < cells.size(); i++) {
            String pad = " ".repeat(widths[i] - DisplayText.width(cells.get(i)));
            boolean right = headings.get(i).side() == Side.RIGHT;
            line.append(i == 0 ? "" : GAP)
                    .append(right ? pad : "")
                    .append(cells.get(i))
                    .append(right ? "" : pad);
        }
        return line.toString().stripTrailing();
    }
}
