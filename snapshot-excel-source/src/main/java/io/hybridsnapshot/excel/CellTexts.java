package io.hybridsnapshot.excel;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of numbers, dates and escaped texts of a workbook. Stateless. */
final class CellTexts {
    /** As many digits as Excel keeps and shows. Further ones are the noise of binary arithmetic. */
    private static final MathContext DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-Fa-f]{4})_");
    private static final long DAY = 86_400_000L;

    /** 9999-12-31 in the system that starts in 1900. */
    private static final long LAST_DAY = 2_958_465L;

    private static final int FALSE_LEAP_DAY = 60;
    private static final long DAYS_BETWEEN_SYSTEMS = 1_462;

    private CellTexts() {}

    /**
     * The text of a number.
     *
     * @param raw the number as the file spells it
     * @param since1904 whether the workbook counts days from 1904
     */
    static String of(String raw, NumberFormat format, boolean since1904) {
        if (format != NumberFormat.NUMBER) {
            double value = Double.parseDouble(raw);
            if (value >= 0 && value < LAST_DAY + 1) {
                return moment(value, format, since1904);
            }
        }
        return number(raw);
    }

    /** An integer in all digits of the file; any other number in 15 digits. */
    static String number(String raw) {
        if (raw.equals("-0")) {
            return "0";
        }
        if (INTEGER.matcher(raw).matches()) {
            return raw;
        }
        double value = new BigDecimal(raw).round(DIGITS).doubleValue();
        // A negative zero is no value that a sheet shows.
        byte[] text = new byte[CellText.maxBytes(ColumnType.FLOAT64)];
        int length = CellText.write(value == 0 ? 0.0 : value, text, 0);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }

    private static String moment(double value, NumberFormat format, boolean since1904) {
        long day = (long) Math.floor(value);
        long millis = Math.round((value - day) * DAY);
        if (millis == DAY) {
            day++;
            millis = 0;
        }
        if (format == NumberFormat.ELAPSED) {
            return time(day * 24, millis);
        }
        if (format == NumberFormat.TIME && day == 0) {
            return time(0, millis);
        }
        String date = date(day, since1904);
        return format == NumberFormat.DATE && millis == 0 ? date : date + " " + time(0, millis);
    }

    /** The system from 1900 has a 29 February 1900, which never was. */
    private static String date(long day, boolean since1904) {
        if (since1904) {
            return LocalDate.of(1899, 12, 30)
                    .plusDays(day + DAYS_BETWEEN_SYSTEMS)
                    .toString();
        }
        if (day == FALSE_LEAP_DAY) {
            return "1900-02-29";
        }
        return LocalDate.of(1899, 12, day < FALSE_LEAP_DAY ? 31 : 30)
                .plusDays(day)
                .toString();
    }

    private static String time(long hours, long millis) {
        long seconds = millis / 1_000;
        String text =
                String.format(Locale.ROOT, "%02d:%02d:%02d", hours + seconds / 3_600, seconds / 60 % 60, seconds % 60);
        long fraction = millis % 1_000;
        return fraction == 0
                ? text
                : text + "." + String.format(Locale.ROOT, "%03d", fraction).replaceAll("0+$", "");
    }

    /** A text with the characters that XML cannot hold, or that look like an escape (ECMA-376, section 22.9.2.19). */
    static String unescaped(String text) {
        if (!text.contains("_x")) {
            return text;
        }
        Matcher escape = ESCAPE.matcher(text);
        StringBuilder plain = new StringBuilder();
        while (escape.find()) {
            String character = String.valueOf((char) Integer.parseInt(escape.group(1), 16));
            escape.appendReplacement(plain, Matcher.quoteReplacement(character));
        }
        return escape.appendTail(plain).toString();
    }
}
