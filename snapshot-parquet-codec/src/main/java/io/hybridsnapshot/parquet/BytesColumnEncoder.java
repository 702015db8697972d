package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.batch.Wtf8;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Encodes columns of byte strings: BINARY of any length, also for UUIDs and times as texts, and FIXED_LEN_BYTE_ARRAY
 * for UUIDs and wide decimals. A hot path.
 */
final class BytesColumnEncoder extends ColumnEncoder {
    /** Up to 64 values of at most this many bytes are appended together. */
    private static final int SMALL_BYTES = 1 << 16;

    private final ExactValues.Collector exact;
    private final int fixedLength;
    private final boolean signed;
    private final BytesDictionary dictionary = new BytesDictionary();
    private final byte[] words = new byte[2 * Long.BYTES];
    private final byte[] text = new byte[CellTexts.UUID_LENGTH];
    private int[] seen = new int[64];
    private int page;

    BytesColumnEncoder(Column column, PrimitiveType type, ExactValues.Collector exact, Compatibility compatibility) {
        super(column, type, compact(type, compatibility));
        this.exact = exact;
        this.fixedLength = type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY ? 0 : type.getTypeLength();
        this.signed = column.type().kind() == TypeKind.DECIMAL;
    }

    private static Optional<Encoding> compact(PrimitiveType type, Compatibility compatibility) {
        boolean isCompact =
                compatibility == Compatibility.STANDARD && type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
        return isCompact ? Optional.of(Encoding.DELTA_LENGTH_BYTE_ARRAY) : Optional.empty();
    }

    @Override
    boolean usesDictionary() {
        return true;
    }

    @Override
    void encode(ColumnVector vector, int from, int to, long firstRow) throws IOException {
        if (vector instanceof BytesVector bytes) {
            if (column().type().kind() == TypeKind.TEXT
                    && mayHoldSurrogate(bytes.data(), bytes.start(from), bytes.end(to - 1))) {
                encodeSuspicious(bytes, from, to, firstRow);
            } else {
                encodeBytes(bytes, from, to);
            }
        } else if (vector instanceof UuidVector uuids) {
            for (int row = from; row < to; row++) {
                if (uuids.isNull(row)) {
                    appendNull();
                } else if (fixedLength == 0) {
                    CellTexts.writeUuid(uuids.high(row), uuids.low(row), text);
                    add(text, 0, CellTexts.UUID_LENGTH);
                } else {
                    add(words(uuids.high(row), uuids.low(row)), 0, fixedLength);
                }
            }
        } else if (vector instanceof LongVector times) {
            encodeTimes(times, from, to, firstRow);
        } else {
            encodeDecimals((DecimalVector) vector, from, to, firstRow);
        }
    }

    private void encodeBytes(BytesVector bytes, int from, int to) throws IOException {
        if (bytes.nullCount() < bytes.size()) {
            exact.interrupt();
        }
        for (int at = from; at < to; at += Long.SIZE) {
            int end = Math.min(at + Long.SIZE, to);
            if (bytes.end(end - 1) - bytes.start(at) <= SMALL_BYTES) {
                addSmall(bytes, at, end);
            } else {
                for (int row = at; row < end; row++) {
                    if (bytes.isNull(row)) {
                        appendNull();
                    } else {
                        add(bytes.data(), bytes.start(row), bytes.length(row));
                    }
                }
            }
        }
    }

    /** Appends up to 64 rows of few bytes together. */
    private void addSmall(BytesVector bytes, int from, int to) throws IOException {
        long present = bytes.presentBits(from, to - from);
        int count = Long.bitCount(present);
        int length = bytes.end(to - 1) - bytes.start(from);
        byte[] data = bytes.data();
        appendRows(present, to - from);
        if (dictionaryOpen()) {
            for (long rest = present; rest != 0; rest &= rest - 1) {
                int row = from + Long.numberOfTrailingZeros(rest);
                int start = bytes.start(row);
                appendId(dictionary.idOf(data, start, bytes.end(row) - start));
            }
            countInDictionary(count, length + (long) prefix() * count);
            return;
        }
        Bytes out = plain();
        out.reserve(length + prefix() * count);
        for (long rest = present; rest != 0; rest &= rest - 1) {
            int row = from + Long.numberOfTrailingZeros(rest);
            int start = bytes.start(row);
            put(data, start, bytes.end(row) - start, out);
        }
        countPlain(count);
        if (out.length() >= PAGE_BYTES) {
            endPage();
        }
    }

    /** Replaces each lone surrogate by U+FFFD, which takes three bytes too, and keeps the exact text aside. */
    private void encodeSuspicious(BytesVector texts, int from, int to, long firstRow) throws IOException {
        for (int row = from; row < to; row++) {
            if (texts.isNull(row)) {
                appendNull();
            } else if (Wtf8.isWellFormed(texts.data(), texts.start(row), texts.length(row))) {
                exact.interrupt();
                add(texts.data(), texts.start(row), texts.length(row));
            } else {
                exact.add(firstRow + row - from, texts.data(), texts.start(row), texts.length(row));
                byte[] replaced = texts.bytes(row);
                for (int i = 0; i < replaced.length - 1; i++) {
                    if (replaced[i] == (byte) 0xED && (replaced[i + 1] & 0xE0) == 0xA0) {
                        replaced[i] = (byte) 0xEF;
                        replaced[i + 1] = (byte) 0xBF;
                        replaced[i + 2] = (byte) 0xBD;
                    }
                }
                add(replaced, 0, replaced.length);
            }
        }
    }

    /** Whether the byte ED, with which every encoded surrogate starts, is in the range; eight bytes at a time. */
    private static boolean mayHoldSurrogate(byte[] data, int from, int to) {
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long different = Bytes.longAt(data, at) ^ 0xEDEDEDEDEDEDEDEDL;
            // A byte that is zero borrows from its own high bit (Warren, Hacker's Delight, 6-1).
            if ((different - 0x0101010101010101L & ~different & 0x8080808080808080L) != 0) {
                return true;
            }
        }
        for (; at < to; at++) {
            if (data[at] == (byte) 0xED) {
                return true;
            }
        }
        return false;
    }

    private void encodeTimes(LongVector times, int from, int to, long firstRow) throws IOException {
        int length = TypeMapping.isNanos(column().type()) ? CellTexts.NANOS_LENGTH : CellTexts.MICROS_LENGTH;
        for (int row = from; row < to; row++) {
            if (times.isNull(row)) {
                appendNull();
                continue;
            }
            if (length == CellTexts.MICROS_LENGTH && times.get(row) % 1_000 != 0) {
                throw LongValues.tooPrecise(column(), firstRow + row - from);
            }
            CellTexts.writeTime(times.get(row), length, text);
            add(text, 0, length);
        }
    }

    private void encodeDecimals(DecimalVector decimals, int from, int to, long firstRow) throws IOException {
        int unused = words.length - fixedLength;
        for (int row = from; row < to; row++) {
            if (decimals.isNull(row)) {
                appendNull();
                continue;
            }
            long high = decimals.high(row);
            words(high, decimals.low(row));
            if (unused > 0 && high >> (Long.SIZE - 1 - 8 * unused) != high >> (Long.SIZE - 1)) {
                throw ColumnRange.outside(
                        column(),
                        firstRow + row - from,
                        "more than " + column().type().precision() + " digits");
            }
            add(words, unused, fixedLength);
        }
    }

    private byte[] words(long high, long low) {
        Bytes.putLong(words, 0, Long.reverseBytes(high));
        Bytes.putLong(words, Long.BYTES, Long.reverseBytes(low));
        return words;
    }

    private void add(byte[] data, int offset, int length) throws IOException {
        if (dictionaryOpen()) {
            appendRows(1, 1);
            appendId(dictionary.idOf(data, offset, length));
            countInDictionary(1, prefix() + length);
            return;
        }
        put(data, offset, length, plain());
        appendRows(1, 1);
        countPlain(1);
        if (plain().length() >= PAGE_BYTES) {
            endPage();
        }
    }

    private int prefix() {
        return fixedLength > 0 ? 0 : Integer.BYTES;
    }

    private void put(byte[] data, int offset, int length, Bytes out) {
        if (fixedLength == 0) {
            out.putInt(length);
        }
        out.put(data, offset, length);
    }

    /** Writes the lengths of all values before their bytes. */
    @Override
    int putCompact(Bytes out, int most) {
        byte[] values = plain().array();
        int end = 0;
        int count = 0;
        while (end < plain().length() && end < most) {
            end += Integer.BYTES + Bytes.intAt(values, end);
            count++;
        }
        long[] lengths = numbers().ofLength(count);
        int at = 0;
        for (int i = 0; i < count; i++) {
            lengths[i] = Bytes.intAt(values, at);
            at += Integer.BYTES + (int) lengths[i];
        }
        DeltaRuns.write(lengths, count, true, out);
        out.reserve(end - Integer.BYTES * count);
        at = 0;
        while (at < end) {
            int length = Bytes.intAt(values, at);
            out.put(values, at + Integer.BYTES, length);
            at += Integer.BYTES + length;
        }
        return end;
    }

    @Override
    int dictionarySize() {
        return dictionary.size();
    }

    @Override
    long dictionaryBytes() {
        return dictionary.bytes() + (long) prefix() * dictionary.size();
    }

    @Override
    void clearDictionary() {
        dictionary.clear();
    }

    @Override
    void writeDictionary(Bytes out) {
        for (int id = 0; id < dictionary.size(); id++) {
            putPlain(id, out);
        }
    }

    @Override
    void putPlain(int id, Bytes out) {
        put(dictionary.data(), dictionary.start(id), dictionary.end(id) - dictionary.start(id), out);
    }

    @Override
    boolean bounds(int[] pageIds, int count, Statistics.Builder builder) {
        if (seen.length < dictionary.size()) {
            seen = Arrays.copyOf(seen, Math.max(dictionary.size(), seen.length * 2));
        }
        page++;
        byte[] data = dictionary.data();
        int least = pageIds[0];
        int greatest = least;
        for (int i = 0; i < count; i++) {
            int id = pageIds[i];
            if (seen[id] != page) {
                seen[id] = page;
                int start = dictionary.start(id);
                int end = dictionary.end(id);
                if (compare(data, start, end, dictionary.start(least), dictionary.end(least)) < 0) {
                    least = id;
                }
                if (compare(data, start, end, dictionary.start(greatest), dictionary.end(greatest)) > 0) {
                    greatest = id;
                }
            }
        }
        builder.withMin(Arrays.copyOfRange(data, dictionary.start(least), dictionary.end(least)))
                .withMax(Arrays.copyOfRange(data, dictionary.start(greatest), dictionary.end(greatest)));
        return true;
    }

    @Override
    boolean bounds(Bytes values, Statistics.Builder builder) {
        byte[] data = values.array();
        int leastStart = -1;
        int leastEnd = -1;
        int greatestStart = -1;
        int greatestEnd = -1;
        int at = 0;
        while (at < values.length()) {
            int start = at + prefix();
            int end = start + (fixedLength > 0 ? fixedLength : Bytes.intAt(data, at));
            if (leastStart < 0 || compare(data, start, end, leastStart, leastEnd) < 0) {
                leastStart = start;
                leastEnd = end;
            }
            if (greatestStart < 0 || compare(data, start, end, greatestStart, greatestEnd) > 0) {
                greatestStart = start;
                greatestEnd = end;
            }
            at = end;
        }
        builder.withMin(Arrays.copyOfRange(data, leastStart, leastEnd))
                .withMax(Arrays.copyOfRange(data, greatestStart, greatestEnd));
        return true;
    }

    private int compare(byte[] data, int start, int end, int otherStart, int otherEnd) {
        if (signed && (data[start] ^ data[otherStart]) < 0) {
            return data[start] < 0 ? -1 : 1;
        }
        return Arrays.compareUnsigned(data, start, end, data, otherStart, otherEnd);
    }
}
