package io.hybridsnapshot.excel;

import java.util.Locale;

/**
 * The kind of a number by the format of its cell (ECMA-376 part 1, sections 18.8.30 and 18.8.31). A workbook has no
 * other mark of a date.
 */
enum NumberFormat {
    /** A number. */
    NUMBER,
    /** A day. */
    DATE,
    /** A day and a time. */
    DATE_TIME,
    /** A time of a day. */
    TIME,
    /** Hours, minutes or seconds that may exceed a day. */
    ELAPSED;

    /** The first number that a workbook may give a format of its own. */
    private static final int FIRST_OWN = 164;

    /** The kind of a format by its number, and by its code if the workbook or the standard gives one. */
    static NumberFormat of(int number, String code) {
        if (number < FIRST_OWN) {
            NumberFormat builtIn = builtIn(number);
            if (builtIn != NUMBER) {
                return builtIn;
            }
        }
        return of(code);
    }

    /** The formats without a code in the file; those from 27 on are those of East Asian versions. */
    private static NumberFormat builtIn(int number) {
        if (number == 22) {
            return DATE_TIME;
        }
        if (number == 46) {
            return ELAPSED;
        }
        boolean time = number >= 18 && number <= 21
                || number >= 32 && number <= 35
                || number == 45
                || number == 47
                || number == 55
                || number == 56;
        boolean date = number >= 14 && number <= 17
                || number >= 27 && number <= 31
                || number == 36
                || number >= 50 && number <= 54
                || number == 57
                || number == 58;
        return time ? TIME : date ? DATE : NUMBER;
    }

    private static NumberFormat of(String code) {
        String text = code.toLowerCase(Locale.ROOT);
        if (text.equals("general") || text.equals("standard")) {
            return NUMBER;
        }
        boolean dayOrYear = false;
        boolean monthOrMinute = false;
        boolean time = false;
        for (int at = 0; at < text.length() && text.charAt(at) != ';'; at++) {
            switch (text.charAt(at)) {
                case '"' -> at = closing(text, at, '"');
                case '\\', '_', '*' -> at++;
                case '[' -> {
                    int end = closing(text, at, ']');
                    if (text.substring(at, end).matches("\\[(h+|m+|s+)")) {
                        return ELAPSED;
                    }
                    at = end;
                }
                case 'a' -> {
                    int length = text.startsWith("am/pm", at) ? 5 : text.startsWith("a/p", at) ? 3 : 1;
                    time |= length > 1;
                    at += length - 1;
                }
                case 'y', 'd' -> dayOrYear = true;
                case 'm' -> monthOrMinute = true;
                case 'h', 's' -> time = true;
                default -> {
                    continue;
                }
            }
        }
        boolean date = dayOrYear || monthOrMinute && !time;
        return date ? time ? DATE_TIME : DATE : time ? TIME : NUMBER;
    }

    private static int closing(String text, int from, char closing) {
        int end = text.indexOf(closing, from + 1);
        return end < 0 ? text.length() : end;
    }
}
