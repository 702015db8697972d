package io.hybridsnapshot.domain.error;

/**
 * Texts of unknown origin, made fit for one line of a message or a report: control characters are written out, and a
 * long text loses its middle. Stateless.
 */
public final class SafeText {
    /** The most characters of a value that a message shows. */
    public static final int VALUE = 200;

    private static final String ELLIPSIS = "…";

    private SafeText() {}

    /** Returns the text escaped, and cut to {@link #VALUE} characters. */
    public static String value(String text) {
        return cut(text, VALUE);
    }

    /**
     * Returns the text escaped and cut: its beginning, an ellipsis and its end. A key of megabytes costs no more than
     * its two ends.
     *
     * @param limit the most characters before escaping, at least 3
     */
    public static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return escaped(text);
        }
        int end = (limit - 1) / 3;
        int beginning = limit - 1 - end;
        // A surrogate pair is kept or dropped as a whole.
        int from = end > 0 && Character.isLowSurrogate(text.charAt(text.length() - end)) ? end - 1 : end;
        int to = Character.isHighSurrogate(text.charAt(beginning - 1)) ? beginning - 1 : beginning;
        return escaped(text.substring(0, to)) + ELLIPSIS + escaped(text.substring(text.length() - from));
    }

    /**
     * Returns the text with every character written out that would move the cursor, hide text or change its direction,
     * as a Java string literal has it. A backslash stays: paths are shown more often than line breaks.
     */
    public static String escaped(String text) {
        if (text.codePoints().noneMatch(SafeText::isHarmful)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> append(escaped, codePoint));
        return escaped.toString();
    }

    private static void append(StringBuilder escaped, int codePoint) {
        switch (codePoint) {
            case '\n' -> escaped.append("\\n");
            case '\r' -> escaped.append("\\r");
            case '\t' -> escaped.append("\\t");
            default -> {
                if (isHarmful(codePoint)) {
                    escaped.append(String.format("\\u%04x", codePoint));
                } else {
                    escaped.appendCodePoint(codePoint);
                }
            }
        }
    }

    private static boolean isHarmful(int codePoint) {
        int type = Character.getType(codePoint);
        // A zero-width joiner makes one emoji of several. The other format characters hide text or change its
        // direction.
        return type == Character.CONTROL
                || type == Character.SURROGATE
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.FORMAT && codePoint != 0x200D && codePoint != 0xAD;
    }
}
