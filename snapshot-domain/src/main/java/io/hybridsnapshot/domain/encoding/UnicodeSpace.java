package io.hybridsnapshot.domain.encoding;

/**
 * White space at the ends of UTF-8 text, as one of two definitions has it. Java's {@code strip} knows yet another set.
 * Stateless.
 */
enum UnicodeSpace {
    /** The code points with Unicode's White_Space property (Unicode 15, PropList.txt). */
    WHITE_SPACE {
        @Override
        boolean isControlSpace(int control) {
            return control >= 0x09 && control <= 0x0D;
        }
    },
    /**
     * The characters that Python's {@code str.strip()} removes: the same and the four information separators U+001C to
     * U+001F (CPython, {@code str.isspace}).
     */
    PYTHON {
        @Override
        boolean isControlSpace(int control) {
            return control >= 0x09 && control <= 0x0D || control >= 0x1C && control <= 0x1F;
        }
    };

    /** Checks whether a code point below the blank is white space. */
    abstract boolean isControlSpace(int control);

    /** Returns the first position from {@code from} that is not white space, at most {@code to}. */
    int skipForward(byte[] utf8, int from, int to) {
        int at = from;
        while (at < to) {
            int length = spaceAt(utf8, at, to);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return at;
    }

    /** Returns the end of the text without white space before {@code to}, at least {@code from}. */
    int skipBackward(byte[] utf8, int from, int to) {
        int end = to;
        while (end > from) {
            int start = end - 1;
            while (start > from && (utf8[start] & 0xC0) == 0x80) {
                start--;
            }
            if (spaceAt(utf8, start, end) != end - start) {
                return end;
            }
            end = start;
        }
        return end;
    }

    /** Returns how many bytes the white space at a position takes; 0 if there is none. */
    private int spaceAt(byte[] utf8, int at, int to) {
        int first = utf8[at] & 0xFF;
        if (first < 0x80) {
            return first == ' ' || first < ' ' && isControlSpace(first) ? 1 : 0;
        }
        if (first == 0xC2 && at + 1 < to) {
            int second = utf8[at + 1] & 0xFF;
            return second == 0x85 || second == 0xA0 ? 2 : 0;
        }
        if ((first == 0xE1 || first == 0xE2 || first == 0xE3) && at + 2 < to) {
            int point = (first & 0x0F) << 12 | (utf8[at + 1] & 0x3F) << 6 | utf8[at + 2] & 0x3F;
            boolean space = point == 0x1680
                    || point >= 0x2000 && point <= 0x200A
                    || point == 0x2028
                    || point == 0x2029
                    || point == 0x202F
                    || point == 0x205F
                    || point == 0x3000;
            return space ? 3 : 0;
        }
        return 0;
    }
}
