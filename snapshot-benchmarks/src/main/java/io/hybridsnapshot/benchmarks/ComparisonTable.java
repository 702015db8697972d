package io.hybridsnapshot.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of a comparison as aligned text. One thread. */
final class ComparisonTable {
    private static final String DUCK_DB = "DuckDB";
    private static final String NONE = "-";

    private final List<List<String>> lines = new ArrayList<>();
    private final long rows;
    private final String peer;

    /** A table about so many rows beside DuckDB. */
    ComparisonTable(long rows) {
        this(rows, DUCK_DB);
    }

    /** A table about so many rows beside a peer of this name. */
    ComparisonTable(long rows, String peer) {
        this.rows = rows;
        this.peer = peer;
        lines.add(List.of("step", "measured", "ours", "rows/s", peer, "ours/" + peer, "target", "met"));
    }

    /** A step without a target; seconds. */
    void step(String name, String measured, Series ours, Series theirs, Series ratio) {
        add(name, measured, ours, theirs, ratio, NONE, NONE);
    }

    /** A step that is to reach a rate of rows a second. */
    void stepAtLeast(String name, String measured, Series ours, Series theirs, Series ratio, long rowsPerSecond) {
        String target = String.format(Locale.ROOT, "at least %,d rows/s", rowsPerSecond);
        add(name, measured, ours, theirs, ratio, target, answer(rows / ours.median() >= rowsPerSecond));
    }

    /** A step that is to take no more than a multiple of the peer's time. */
    void stepAtMost(String name, String measured, Series ours, Series theirs, Series ratio, double most) {
        add(name, measured, ours, theirs, ratio, target(most), answer(ratio.median() <= most));
    }

    /** Sizes, of which ours is to be no more than a multiple of the peer's. */
    void size(String name, long ours, long theirs, double most) {
        double ratio = (double) ours / theirs;
        lines.add(List.of(
                name,
                "file size",
                megabytes(ours),
                NONE,
                megabytes(theirs),
                String.format(Locale.ROOT, "%.2f", ratio),
                target(most),
                answer(ratio <= most)));
    }

    private void add(
            String name, String measured, Series ours, Series theirs, Series ratio, String target, String met) {
        lines.add(List.of(name, measured, seconds(ours), rate(ours), seconds(theirs), ratio(ratio), target, met));
    }

    /** Nothing where the work took less than the clock can tell, as with a few hundred rows. */
    private String rate(Series ours) {
        return ours.median() > 0 ? String.format(Locale.ROOT, "%,.0f", rows / ours.median()) : NONE;
    }

    private static String ratio(Series ratio) {
        return Double.isFinite(ratio.least()) && Double.isFinite(ratio.most())
                ? String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", ratio.median(), ratio.least(), ratio.most())
                : NONE;
    }

    private String target(double most) {
        return "at most " + most + " x " + peer;
    }

    private static String answer(boolean met) {
        return met ? "yes" : "NO";
    }

    private static String seconds(Series series) {
        return String.format(Locale.ROOT, "%.3f s", series.median());
    }

    /** Bytes as millions. */
    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** The lines, header first; every column as wide as its widest cell, without blanks at the ends of lines. */
    List<String> lines() {
        List<String> texts = new ArrayList<>();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int column = 0; column < lines.get(0).size(); column++) {
                int at = column;
                int width = lines.stream()
                        .mapToInt(cells -> cells.get(at).length())
                        .max()
                        .orElseThrow();
                String pad = " ".repeat(width - line.get(column).length());
                boolean isNumber = column >= 2 && column <= 5;
                text.append(isNumber ? pad + line.get(column) : line.get(column) + pad)
                        .append("  ");
            }
            texts.add(text.toString().stripTrailing());
        }
        return texts;
    }
}
