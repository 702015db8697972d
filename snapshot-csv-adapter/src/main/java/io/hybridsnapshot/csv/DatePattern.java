package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Optional;

/**
 * A form of dates other than ISO 8601, such as {@code dd.MM.yyyy}. Immutable.
 *
 * @param parts the parts in their order: a letter and the number of its digits, or a character that stands for itself
 */
record DatePattern(String parts) {
    private static final String ALL_PARTS = "dMy";

    /**
     * Checks a pattern.
     *
     * @throws SnapshotException INVALID_REQUEST if a part is missing, stands twice or is unknown, or two parts of
     *     variable length stand next to each other
     */
    static DatePattern of(String text) {
        boolean[] seen = new boolean[ALL_PARTS.length()];
        int at = 0;
        boolean valid = !text.isEmpty();
        boolean afterOneDigit = false;
        while (at < text.length() && valid) {
            char c = text.charAt(at);
            int part = ALL_PARTS.indexOf(c);
            int end = at + 1;
            while (part >= 0 && end < text.length() && text.charAt(end) == c) {
                end++;
            }
            int count = end - at;
            if (part >= 0) {
                valid = !seen[part] && (c == 'y' ? count == 4 : count <= 2) && !afterOneDigit;
                seen[part] = true;
                afterOneDigit = c != 'y' && count == 1;
            } else {
                valid = c >= ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
                afterOneDigit = false;
            }
            at = end;
        }
        if (!valid || !(seen[0] && seen[1] && seen[2])) {
            throw SnapshotException.invalidRequest("not a date format")
                    .actual("'" + text + "'")
                    .expected("dd or d, MM or M, and yyyy, once each, such as dd.MM.yyyy")
                    .build();
        }
        return new DatePattern(text);
    }

    /** The form that also reads days and months of one digit; empty if this one does, or if none can. */
    Optional<DatePattern> lenient() {
        String text = parts.replace("dd", "d").replace("MM", "M");
        try {
            return text.equals(parts) ? Optional.empty() : Optional.of(of(text));
        } catch (SnapshotException e) {
            // Without separators, the number of digits tells the parts from each other.
            return Optional.empty();
        }
    }

    /**
     * Writes the date at the start of a range as {@code yyyy-MM-dd}.
     *
     * @param out receives ten bytes
     * @return the position behind the date; -1 if there is none
     */
    int rewrite(byte[] b, int from, int to, byte[] out) {
        out[4] = '-';
        out[7] = '-';
        int at = from;
        int next = 0;
        while (next < parts.length()) {
            char c = parts.charAt(next);
            int digits = 1;
            while (next + digits < parts.length() && parts.charAt(next + digits) == c) {
                digits++;
            }
            if (c == 'y') {
                at = number(b, at, to, 4, 4, out, 0);
            } else if (c == 'M' || c == 'd') {
                at = number(b, at, to, digits, 2, out, c == 'M' ? 5 : 8);
            } else {
                digits = 1;
                at = at < to && b[at] == c ? at + 1 : -1;
            }
            if (at < 0) {
                return -1;
            }
            next += digits;
        }
        return at;
    }

    /** Copies a number of so many digits, with zeros before it. Returns the position behind it, or -1. */
    private static int number(byte[] b, int from, int to, int least, int most, byte[] out, int place) {
        int end = from;
        while (end < to && end - from < most && b[end] >= '0' && b[end] <= '9') {
            end++;
        }
        if (end - from < least) {
            return -1;
        }
        int zeros = most - (end - from);
        for (int i = 0; i < zeros; i++) {
            out[place + i] = '0';
        }
        System.arraycopy(b, from, out, place + zeros, end - from);
        return end;
    }
}
