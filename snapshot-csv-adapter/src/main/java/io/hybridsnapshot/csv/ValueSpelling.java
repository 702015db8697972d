package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes cells in the spelling that {@link CellParser} reads: a point, no thousands separator, ISO 8601 dates. A hot
 * path: the result is a range of {@link #bytes}. For one thread.
 */
final class ValueSpelling {
    private static final int ISO_DATE = 10;

    private final boolean hasOwnNumbers;
    private final byte decimal;
    private final byte[] thousands;

    @Nullable
    private final DatePattern dates;

    /** The last rewritten cell, from the first byte on. */
    byte[] bytes = new byte[64];

    private ValueSpelling(CsvValues values) {
        this.hasOwnNumbers = values.hasOwnNumbers();
        this.decimal = (byte) values.decimalSeparator();
        this.thousands = values.thousands();
        this.dates = values.dateFormat().map(DatePattern::of).orElse(null);
    }

    /** A writer for the cells of a format; empty if the parser reads them as they are. */
    static Optional<ValueSpelling> of(CsvFormat format) {
        CsvValues values = format.values();
        return values.hasOwnNumbers() || values.dateFormat().isPresent()
                ? Optional.of(new ValueSpelling(values))
                : Optional.empty();
    }

    /** Whether cells of a type have a spelling of their own. */
    boolean concerns(TypeKind kind) {
        return switch (kind) {
            case INT8, INT16, INT32, INT64, DECIMAL, FLOAT32, FLOAT64 -> hasOwnNumbers;
            case DATE, TIMESTAMP -> dates != null;
            default -> false;
        };
    }

    /** Rewrites a cell of a type that this concerns. Returns the length; -1 if the cell is no value of the spelling. */
    int rewrite(TypeKind kind, byte[] b, int offset, int length) {
        if (bytes.length < length + ISO_DATE) {
            bytes = new byte[2 * (length + ISO_DATE)];
        }
        return kind == TypeKind.DATE || kind == TypeKind.TIMESTAMP
                ? date(kind, b, offset, offset + length)
                : number(b, offset, offset + length);
    }

    private int date(TypeKind kind, byte[] b, int from, int to) {
        int end = dates == null ? -1 : dates.rewrite(b, from, to, bytes);
        if (end < 0 || kind == TypeKind.DATE && end < to) {
            return -1;
        }
        System.arraycopy(b, end, bytes, ISO_DATE, to - end);
        return ISO_DATE + to - end;
    }

    /** Thousands separators stand between groups of three digits; the first group has one to three. */
    private int number(byte[] b, int from, int to) {
        int at = from;
        int length = 0;
        if (at < to && (b[at] == '-' || b[at] == '+')) {
            bytes[length++] = b[at++];
        }
        int first = at;
        boolean grouped = false;
        int digits = 0;
        while (at < to) {
            if (b[at] >= '0' && b[at] <= '9') {
                bytes[length++] = b[at++];
                digits++;
            } else if (isThousands(b, at, to)) {
                if (grouped ? digits != 3 : digits < 1 || digits > 3) {
                    return -1;
                }
                grouped = true;
                digits = 0;
                at += thousands.length;
            } else {
                break;
            }
        }
        // A group of zeros before others would make 0.125 a thousand times as much.
        if (grouped && (digits != 3 || b[first] == '0')) {
            return -1;
        }
        if (at < to && b[at] == decimal) {
            bytes[length++] = '.';
            at++;
        } else if (at < to && b[at] == '.') {
            return -1;
        }
        // Digits after the point, an exponent, or a name such as NaN, which have no separators.
        for (; at < to; at++) {
            if (b[at] == '.' || b[at] == ',') {
                return -1;
            }
            bytes[length++] = b[at];
        }
        return length;
    }

    private boolean isThousands(byte[] b, int at, int to) {
        if (thousands.length == 0 || to - at < thousands.length) {
            return false;
        }
        for (int i = 0; i < thousands.length; i++) {
            if (b[at + i] != thousands[i]) {
                return false;
            }
        }
        return true;
    }

    /** The text of a cell in the parser's spelling; empty if it is no value of the spelling. */
    Optional<byte[]> rewritten(TypeKind kind, byte[] cell) {
        if (!concerns(kind) || cell.length == 0) {
            return Optional.of(cell);
        }
        int length = rewrite(kind, cell, 0, cell.length);
        return length < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(bytes, length));
    }
}
