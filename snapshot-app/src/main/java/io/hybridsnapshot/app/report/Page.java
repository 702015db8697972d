package io.hybridsnapshot.app.report;

import io.hybridsnapshot.domain.error.SafeText;
import java.util.ArrayList;
import java.util.List;

/**
 * The place where lines for people are shown. Immutable.
 *
 * @param width the columns of a line; at least 40
 * @param terminal whether lines have to fit the width, because a terminal would break longer ones
 * @param coloured whether marks are shown in colours
 * @param full whether nothing is cut or left out
 */
public record Page(int width, boolean terminal, boolean coloured, boolean full) {
    /** A file or another program reads the lines. */
    public static final Page PLAIN = new Page(100, false, false, false);

    private static final int LEAST_WIDTH = 40;
    private static final char ESCAPE = '\u001B';
    private static final String END = ESCAPE + "[0m";

    /** The meaning of a text. Its colours are those that `diff` and `git` use. */
    public enum Mark {
        /** A row, a column or a value that came. */
        ADDED("[32m"),
        /** A row, a column or a value that went. */
        REMOVED("[31m"),
        /** A row that changed. */
        CHANGED("[33m"),
        /** A heading. */
        HEADING("[1m");

        private final String sequence;

        Mark(String sequence) {
            this.sequence = ESCAPE + sequence;
        }
    }

    public Page {
        if (width < LEAST_WIDTH) {
            throw new IllegalArgumentException("width " + width);
        }
    }

    /** Returns the same page, on which nothing is cut or left out. */
    public Page inFull() {
        return new Page(width, terminal, coloured, true);
    }

    /** Returns a text as it is cut after some columns of other text; whole on a full page. */
    String fitting(String text, int taken) {
        return full ? text : DisplayText.cut(text, Math.max(8, width - taken));
    }

    /**
     * Returns a text as lines that fit the page, broken at blanks; as one line where nothing has to fit.
     *
     * @param indent the beginning of each line but the first
     */
    List<String> wrapped(String text, String indent) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (terminal && DisplayText.width(rest) > width) {
            int end = rest.lastIndexOf(' ', width);
            if (end <= indent.length()) {
                break;
            }
            lines.add(rest.substring(0, end));
            rest = indent + rest.substring(end + 1);
        }
        lines.add(rest);
        return lines;
    }

    /** Returns how many of some things are shown: all on a full page. */
    int shown(int all, int usual) {
        return full ? all : Math.min(all, usual);
    }

    /** Returns an escaped text with a mark, if marks are shown. */
    String marked(Mark mark, String text) {
        return coloured && !text.isEmpty() ? mark.sequence + text + END : text;
    }

    /** Returns a line with all control characters escaped, except the sequences of marks. */
    public static String escaped(String line) {
        if (line.indexOf(ESCAPE) < 0) {
            return SafeText.escaped(line);
        }
        StringBuilder escaped = new StringBuilder();
        int from = 0;
        for (int at = line.indexOf(ESCAPE); at >= 0; at = line.indexOf(ESCAPE, Math.max(from, at + 1))) {
            int length = sequenceAt(line, at);
            if (length > 0) {
                escaped.append(SafeText.escaped(line.substring(from, at))).append(line, at, at + length);
                from = at + length;
            }
        }
        return escaped.append(SafeText.escaped(line.substring(from))).toString();
    }

    /** The length of a mark's sequence at a position; 0 if there is none. */
    private static int sequenceAt(String line, int at) {
        if (line.startsWith(END, at)) {
            return END.length();
        }
        for (Mark mark : Mark.values()) {
            if (line.startsWith(mark.sequence, at)) {
                return mark.sequence.length();
            }
        }
        return 0;
    }
}
