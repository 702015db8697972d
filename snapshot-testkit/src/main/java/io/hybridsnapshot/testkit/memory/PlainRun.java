package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The values of one column of one batch as bytes. Each row is one byte: 0 for NULL, or 1 followed by the value in
 * big-endian order.
 *
 * @param position the start of the run in the file
 * @param length the length in bytes
 * @param crc the CRC-32C of those bytes
 */
record PlainRun(long position, int length, int crc) {
    static byte[] encode(ColumnVector vector) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int row = 0; row < vector.size(); row++) {
            out.writeBoolean(!vector.isNull(row));
            if (!vector.isNull(row)) {
                encode(vector, row, out);
            }
        }
        return bytes.toByteArray();
    }

    private static void encode(ColumnVector vector, int row, DataOutputStream out) throws IOException {
        if (vector instanceof BooleanVector booleans) {
            out.writeBoolean(booleans.get(row));
        } else if (vector instanceof LongVector longs) {
            out.writeLong(longs.get(row));
        } else if (vector instanceof DoubleVector doubles) {
            out.writeLong(Double.doubleToRawLongBits(doubles.get(row)));
        } else if (vector instanceof DecimalVector decimals) {
            out.writeLong(decimals.high(row));
            out.writeLong(decimals.low(row));
        } else if (vector instanceof BytesVector texts) {
            out.writeInt(texts.length(row));
            out.write(texts.data(), texts.start(row), texts.length(row));
        } else if (vector instanceof TimestampVector times) {
            out.writeLong(times.epochSecond(row));
            out.writeInt(times.nanoOfSecond(row));
        } else if (vector instanceof UuidVector uuids) {
            out.writeLong(uuids.high(row));
            out.writeLong(uuids.low(row));
        }
    }

    static ColumnVector decode(ColumnType type, byte[] bytes, int rows) throws IOException {
        ColumnVector vector = ColumnVector.forType(type, rows);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        for (int row = 0; row < rows; row++) {
            if (in.readBoolean()) {
                decode(in, vector);
            } else {
                vector.appendNull();
            }
        }
        return vector;
    }

    private static void decode(DataInputStream in, ColumnVector vector) throws IOException {
        if (vector instanceof BooleanVector booleans) {
            booleans.append(in.readBoolean());
        } else if (vector instanceof LongVector longs) {
            longs.append(in.readLong());
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append(Double.longBitsToDouble(in.readLong()));
        } else if (vector instanceof DecimalVector decimals) {
            decimals.append(in.readLong(), in.readLong());
        } else if (vector instanceof BytesVector texts) {
            texts.append(in.readNBytes(in.readInt()));
        } else if (vector instanceof TimestampVector times) {
            times.append(in.readLong(), in.readInt());
        } else if (vector instanceof UuidVector uuids) {
            uuids.append(in.readLong(), in.readLong());
        }
    }
}
