package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import java.nio.charset.StandardCharsets;

/**
 * The kinds of columns that orders have. A topic names what is drawn: two columns of one topic and level hold equal
 * values where both have one. {@code nulls} is how many of 1,024 cells are NULL. A hot path: bytes go straight into the
 * vectors.
 */
public final class Cells {
    private static final int NULL_MASK = 1_023;

    private Cells() {}

    /** One of some phrases. */
    static CellMaker pick(Level level, String topic, int nulls, Phrases phrases) {
        long salt = Mixer.topic(topic);
        return rows -> {
            BytesVector out = texts(rows, nulls, phrases.meanBytes());
            long[] keys = rows.keys(level);
            for (int row = 0; row < rows.count; row++) {
                long draw = Mixer.mix(keys[row] + salt);
                if ((draw & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    phrases.append(out, Mixer.below(draw, phrases.size()));
                }
            }
            return out;
        };
    }

    /** A text of three parts, each one of some phrases. */
    static CellMaker sentence(Level level, String topic, int nulls, Phrases first, Phrases second, Phrases third) {
        long salt = Mixer.topic(topic);
        int longest = first.longest() + second.longest() + third.longest();
        return rows -> {
            BytesVector out = texts(rows, nulls, first.meanBytes() + second.meanBytes() + third.meanBytes());
            long[] keys = rows.keys(level);
            for (int row = 0; row < rows.count; row++) {
                long draw = Mixer.mix(keys[row] + salt);
                if ((draw & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    long more = Mixer.mix(draw);
                    int start = out.reserve(longest);
                    byte[] data = out.data();
                    int at = first.copy(Mixer.below(draw, first.size()), data, start);
                    at = second.copy(Mixer.below(more, second.size()), data, at);
                    at = third.copy(Mixer.below(more << 32, third.size()), data, at);
                    out.commit(at - start);
                }
            }
            return out;
        };
    }

    /** A prefix and a number of so many digits (at most 12), leading zeros kept. */
    static CellMaker code(Level level, String topic, int nulls, String prefix, int digits) {
        long salt = Mixer.topic(topic);
        byte[] start = prefix.getBytes(StandardCharsets.UTF_8);
        long bound = powerOfTen(digits);
        return rows -> {
            BytesVector out = texts(rows, nulls, start.length + digits);
            long[] keys = rows.keys(level);
            for (int row = 0; row < rows.count; row++) {
                long draw = Mixer.mix(keys[row] + salt);
                if ((draw & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    int at = out.reserve(start.length + digits);
                    byte[] data = out.data();
                    System.arraycopy(start, 0, data, at, start.length);
                    digits((draw >>> 16) % bound, digits, data, at + start.length);
                    out.commit(start.length + digits);
                }
            }
            return out;
        };
    }

    /** An amount with two digits after the point between two amounts in hundredths, with a text before and after. */
    static CellMaker amount(
            Level level, String topic, int nulls, String before, int lowest, int highest, String after) {
        long salt = Mixer.topic(topic);
        byte[] prefix = before.getBytes(StandardCharsets.UTF_8);
        byte[] suffix = after.getBytes(StandardCharsets.UTF_8);
        int longest = prefix.length + 12 + suffix.length;
        return rows -> {
            BytesVector out = texts(rows, nulls, prefix.length + 5 + suffix.length);
            long[] keys = rows.keys(level);
            for (int row = 0; row < rows.count; row++) {
                long draw = Mixer.mix(keys[row] + salt);
                if ((draw & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    int hundredths = lowest + Mixer.below(draw, highest - lowest + 1);
                    int whole = hundredths / 100;
                    int digits = whole < 10 ? 1 : whole < 100 ? 2 : whole < 1_000 ? 3 : 7;
                    int start = out.reserve(longest);
                    byte[] data = out.data();
                    System.arraycopy(prefix, 0, data, start, prefix.length);
                    int at = digits(whole, digits, data, start + prefix.length);
                    data[at++] = '.';
                    at = digits(hundredths % 100, 2, data, at);
                    System.arraycopy(suffix, 0, data, at, suffix.length);
                    out.commit(at + suffix.length - start);
                }
            }
            return out;
        };
    }

    static CellMaker orderNumber() {
        return rows -> {
            BytesVector out = texts(rows, 0, 9);
            for (int row = 0; row < rows.count; row++) {
                long number = rows.orderNumbers[row];
                int digits = 5;
                for (long bound = 100_000; number >= bound; bound *= 10) {
                    digits++;
                }
                int start = out.reserve(4 + digits + 20);
                byte[] data = out.data();
                int at = Words.CUSTOMER_CODES.copy(rows.customers[row], data, start);
                data[at++] = '-';
                out.commit(digits(number, digits, data, at) - start);
            }
            return out;
        };
    }

    static CellMaker customerName() {
        return rows -> {
            BytesVector out = texts(rows, 0, Words.CUSTOMERS.meanBytes());
            for (int row = 0; row < rows.count; row++) {
                Words.CUSTOMERS.append(out, rows.customers[row]);
            }
            return out;
        };
    }

    /** The customer's code, a letter and the style's number: {@code GREM0042}. */
    static CellMaker style(int nulls) {
        long salt = Mixer.topic("CUSTOMER STYLE");
        return rows -> {
            BytesVector out = texts(rows, nulls, 8);
            long[] keys = rows.keys(Level.STYLE);
            for (int row = 0; row < rows.count; row++) {
                long draw = Mixer.mix(keys[row] + salt);
                if ((draw & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    int start = out.reserve(8 + 20);
                    byte[] data = out.data();
                    int at = Words.CUSTOMER_CODES.copy(rows.customers[row], data, start);
                    data[at++] = (byte) "MWUKGB".charAt(Mixer.below(draw, 6));
                    out.commit(digits(rows.styles[row], 4, data, at) - start);
                }
            }
            return out;
        };
    }

    static CellMaker colour(int nulls) {
        long salt = Mixer.topic("CUSTOMER COLOUR DESCRIPTION");
        return rows -> {
            BytesVector out = texts(rows, nulls, Words.COLOURS.meanBytes());
            long[] keys = rows.keys(Level.ROW);
            for (int row = 0; row < rows.count; row++) {
                if ((Mixer.mix(keys[row] + salt) & NULL_MASK) < nulls) {
                    out.appendNull();
                } else {
                    Words.COLOURS.append(out, rows.colours[row]);
                }
            }
            return out;
        };
    }

    static CellMaker status() {
        return rows -> listed(rows, rows.statuses, Words.STATUSES);
    }

    static CellMaker activity() {
        return rows -> listed(rows, rows.activities, Words.ACTIVITIES);
    }

    /** A parcel's number that ends with how often it was given. */
    static CellMaker tracking() {
        long salt = Mixer.topic("TRACKING NUMBER");
        return rows -> {
            BytesVector out = texts(rows, NULL_MASK / 2, 16);
            long[] keys = rows.keys(Level.ROW);
            for (int row = 0; row < rows.count; row++) {
                if (rows.trackings[row] == OrderLine.NO_TRACKING) {
                    out.appendNull();
                } else {
                    int at = out.reserve(16);
                    byte[] data = out.data();
                    data[at] = '1';
                    data[at + 1] = 'Z';
                    digits((Mixer.mix(keys[row] + salt) >>> 8) % 1_000_000_000_000L, 12, data, at + 2);
                    digits(rows.trackings[row], 2, data, at + 14);
                    out.commit(16);
                }
            }
            return out;
        };
    }

    static CellMaker size(String column) {
        int[] positions = SizeRanges.positionsOf(column);
        return rows -> {
            LongVector out = new LongVector(rows.count);
            for (int row = 0; row < rows.count; row++) {
                int size = positions[rows.sizeRanges[row]] - rows.firstSizes[row];
                // A column outside the run stands at -1, which is below any first size.
                if (size < 0 || size >= rows.sizesUsed[row]) {
                    out.appendNull();
                } else {
                    out.append(rows.quantities[row * SizeRanges.MOST_SIZES + size]);
                }
            }
            return out;
        };
    }

    static CellMaker total() {
        return rows -> {
            LongVector out = new LongVector(rows.count);
            for (int row = 0; row < rows.count; row++) {
                out.append(rows.totals[row]);
            }
            return out;
        };
    }

    static CellMaker orderDate() {
        return rows -> dates(rows, rows.orderDates);
    }

    static CellMaker exFactoryDate() {
        return rows -> dates(rows, rows.exFactoryDates);
    }

    static CellMaker arrivalDate() {
        return rows -> dates(rows, rows.arrivalDates);
    }

    static CellMaker uuid() {
        return rows -> {
            UuidVector out = new UuidVector(rows.count);
            for (int row = 0; row < rows.count; row++) {
                out.append(rows.uuidHigh[row], rows.uuidLow[row]);
            }
            return out;
        };
    }

    /** The phrase of a state that counts from 1; state 0 is NULL. */
    private static ColumnVector listed(OrderBatch rows, byte[] states, Phrases phrases) {
        BytesVector out = texts(rows, 0, phrases.meanBytes());
        for (int row = 0; row < rows.count; row++) {
            if (states[row] == 0) {
                out.appendNull();
            } else {
                phrases.append(out, states[row] - 1);
            }
        }
        return out;
    }

    private static ColumnVector dates(OrderBatch rows, int[] dates) {
        LongVector out = new LongVector(rows.count);
        for (int row = 0; row < rows.count; row++) {
            if (dates[row] == OrderLine.NO_DATE) {
                out.appendNull();
            } else {
                out.append(dates[row]);
            }
        }
        return out;
    }

    private static BytesVector texts(OrderBatch rows, int nulls, int bytesAText) {
        return new BytesVector(rows.count, (int) ((long) rows.count * bytesAText * (NULL_MASK + 1 - nulls) >>> 10));
    }

    private static int digits(long number, int count, byte[] out, int at) {
        long rest = number;
        for (int i = at + count - 1; i >= at; i--) {
            out[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return at + count;
    }

    private static long powerOfTen(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
