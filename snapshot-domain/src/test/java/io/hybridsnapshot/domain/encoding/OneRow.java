package io.hybridsnapshot.domain.encoding;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** Builds batches of one row, cell by cell, for tests. */
final class OneRow {
    private final List<Column> columns = new ArrayList<>();
    private final List<ColumnVector> vectors = new ArrayList<>();

    static OneRow row() {
        return new OneRow();
    }

    OneRow with(String name, ColumnType type, Object value) {
        ColumnVector vector = ColumnVector.forType(type, 1);
        columns.add(new Column(name, type));
        vectors.add(vector);
        append(vector, type, value);
        return this;
    }

    /** Appends a value, or null, as an object to a vector. */
    static void append(ColumnVector vector, ColumnType type, Object value) {
        if (value == null) {
            vector.appendNull();
            return;
        }
        switch (type.kind()) {
            case BOOLEAN -> ((BooleanVector) vector).append((Boolean) value);
            case INT8, INT16, INT32, INT64 -> ((LongVector) vector).append(((Number) value).longValue());
            case DECIMAL -> {
                BigDecimal decimal = ((BigDecimal) value).setScale(type.scale());
                if (type.isWideDecimal()) {
                    ((DecimalVector) vector).append(decimal.unscaledValue());
                } else {
                    ((LongVector) vector).append(decimal.unscaledValue().longValueExact());
                }
            }
            case FLOAT32, FLOAT64 -> ((DoubleVector) vector).append(((Number) value).doubleValue());
            case TEXT -> ((BytesVector) vector).append((String) value);
            case BINARY -> ((BytesVector) vector).append((byte[]) value);
            case DATE -> ((LongVector) vector).append(((LocalDate) value).toEpochDay());
            case TIME -> ((LongVector) vector).append(((LocalTime) value).toNanoOfDay());
            case TIMESTAMP -> {
                LocalDateTime time = (LocalDateTime) value;
                ((TimestampVector) vector).append(time.toEpochSecond(ZoneOffset.UTC), time.getNano());
            }
            case INSTANT -> {
                Instant time = (Instant) value;
                ((TimestampVector) vector).append(time.getEpochSecond(), time.getNano());
            }
            case UUID -> ((UuidVector) vector).append((UUID) value);
        }
    }

    Schema schema() {
        return Schema.of(columns);
    }

    RowBatch batch() {
        return new RowBatch(schema(), vectors);
    }

    String message(HashSpec spec) {
        return message(RowEncoder.ofRows(schema(), spec));
    }

    String keyMessage(List<String> key) {
        return message(RowEncoder.ofKeys(schema(), HashSpec.HSR1, key));
    }

    private String message(RowEncoder encoder) {
        encoder.read(batch());
        encoder.encode(0);
        return HexFormat.of().formatHex(encoder.buffer(), encoder.start(), encoder.start() + encoder.length());
    }

    KeyedHashes hashes(HashSpec spec, List<String> key) {
        return RowHasher.of(schema(), spec, key).hash(batch());
    }

    String hash(HashSpec spec) {
        return hashes(spec, List.of(columns.get(0).name())).hex(0);
    }

    String hash() {
        return hash(HashSpec.HSR1);
    }
}
