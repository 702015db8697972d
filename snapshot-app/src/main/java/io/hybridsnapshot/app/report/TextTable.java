package io.hybridsnapshot.app.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Rows in aligned columns under a header. A column is as wide as its cells, up to a limit; a longer cell is cut and
 * ends in an ellipsis. On a terminal, columns of texts give way until the lines fit. On a full page, no cell is cut.
 * Not thread-safe.
 */
public final class TextTable {
    /** The side of its column on which a cell stands. */
    public enum Side {
        /** Texts. */
        LEFT,
        /** Numbers. */
        RIGHT
    }

    private record Heading(String name, Side side, int limit, Optional<Page.Mark> mark) {}

    private static final String GAP = "  ";

    /** A column of texts does not give way further than this. */
    private static final int LEAST_TEXT = 8;

    private final Page page;
    private final String indent;
    private final List<Heading> headings = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** An empty table with an indent before each line, as wide as its cells. */
    public TextTable(String indent) {
        this(Page.PLAIN, indent);
    }

    /** An empty table for a page, with an indent before each line. */
    public TextTable(Page page, String indent) {
        this.page = page;
        this.indent = indent;
    }

    /** Adds a column of texts that takes at most {@code limit} columns of the terminal. */
    public TextTable text(String name, int limit) {
        headings.add(new Heading(name, Side.LEFT, limit, Optional.empty()));
        return this;
    }

    /** Adds a column of texts whose cells have a mark. */
    TextTable text(String name, int limit, Page.Mark mark) {
        headings.add(new Heading(name, Side.LEFT, limit, Optional.of(mark)));
        return this;
    }

    /** Adds a column of numbers, which are never cut. */
    public TextTable number(String name) {
        headings.add(new Heading(name, Side.RIGHT, Integer.MAX_VALUE, Optional.empty()));
        return this;
    }

    /** Adds a row with a cell for each column. */
    public void row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size() + " columns");
        }
        List<String> row = new ArrayList<>(cells.length);
        for (int i = 0; i < cells.length; i++) {
            String cell = DisplayText.escaped(String.valueOf(cells[i]));
            row.add(page.full() ? cell : DisplayText.cut(cell, headings.get(i).limit()));
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
        if (page.terminal() && !page.full()) {
            fit(widths);
        }
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(line(headings.stream().map(Heading::name).toList(), widths, false));
        rows.forEach(row -> lines.add(line(row, widths, true)));
        return lines;
    }

    /** Takes width from the widest column of texts until the lines fit, as far as the texts can give way. */
    private void fit(int[] widths) {
        int room = page.width() - indent.length() - GAP.length() * (widths.length - 1);
        int surplus = Arrays.stream(widths).sum() - room;
        while (surplus > 0) {
            int widest = -1;
            for (int i = 0; i < widths.length; i++) {
                boolean gives = headings.get(i).side() == Side.LEFT && widths[i] > LEAST_TEXT;
                if (gives && (widest < 0 || widths[i] > widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
            surplus--;
        }
    }

    private String line(List<String> cells, int[] widths, boolean marked) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < cells.size(); i++) {
            String cell = DisplayText.cut(cells.get(i), Math.max(1, widths[i]));
            String pad = " ".repeat(widths[i] - DisplayText.width(cell));
            boolean right = headings.get(i).side() == Side.RIGHT;
            boolean last = i == cells.size() - 1;
            line.append(i == 0 ? "" : GAP)
                    .append(right ? pad : "")
                    .append(
                            marked
                                    ? headings.get(i)
                                            .mark()
                                            .map(mark -> page.marked(mark, cell))
                                            .orElse(cell)
                                    : cell)
                    .append(right || last ? "" : pad);
        }
        return line.toString().stripTrailing();
    }
}
