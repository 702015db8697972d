package io.hybridsnapshot.jdbc.source;

import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.RowSize;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.jdbc.source.SourceColumn.Form;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one running query as batches. A hot path: numbers and truth values go from the driver's getters into
 * vectors without an object per cell. JDBC has no getter without an object for decimals, texts, bytes, UUIDs and times.
 * For one thread.
 */
final class JdbcRowStream implements RowStream {
    /** A cell of no length counts this much, so that a batch of many columns ends in time. */
    private static final int CELL_BYTES = 8;

    private static final int FIRST_BUFFER = 8_192;
    private static final int SHOWN_BYTES = 16;

    /** DuckDB's infinite values: the largest number of days, or of units of a second, and its negation. */
    private static final LocalDate DUCKDB_INFINITE_DATE = LocalDate.ofEpochDay(Integer.MAX_VALUE);

    private static final LocalDate DUCKDB_MINUS_INFINITE_DATE = LocalDate.ofEpochDay(-Integer.MAX_VALUE);

    private final JdbcSession session;
    private final Statement statement;
    private final ResultSet result;
    private final String description;
    private final Conversions conversions;
    private final SourceColumn[] columns;
    private final int[] positions;
    private final Schema schema;
    private final int batchRows;
    private char[] characters = new char[0];
    private byte[] bytes = new byte[0];
    private long rowsRead;
    private long rowBytes;
    private boolean ended;
    private boolean closed;

    /** A stream that owns the session, the statement and the result. */
    JdbcRowStream(
            JdbcSession session,
            Statement statement,
            ResultSet result,
            String description,
            Conversions conversions,
            List<SourceColumn> columns,
            int[] positions,
            int batchRows) {
        this.session = session;
        this.statement = statement;
        this.result = result;
        this.description = description;
        this.conversions = conversions;
        this.columns = columns.toArray(new SourceColumn[0]);
        this.positions = positions.clone();
        this.schema = Schema.of(columns.stream().map(SourceColumn::column).toList());
        this.batchRows = batchRows;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            return read();
        } catch (SQLException e) {
            ended = true;
            throw JdbcFaults.reading(description, session.dialect(), e);
        } catch (RuntimeException e) {
            ended = true;
            throw e;
        }
    }

    private Optional<RowBatch> read() throws SQLException {
        List<ColumnVector> made = RowBatch.vectorsFor(schema, batchRows);
        ColumnVector[] vectors = made.toArray(new ColumnVector[0]);
        int rows = 0;
        long batchBytes = 0;
        while (rows < batchRows && batchBytes < RowBatch.DEFAULT_BYTES) {
            if (!result.next()) {
                ended = true;
                break;
            }
            rowBytes = 0;
            for (int i = 0; i < vectors.length; i++) {
                readCell(i, vectors[i]);
            }
            rows++;
            rowsRead++;
            batchBytes += rowBytes + (long) CELL_BYTES * vectors.length;
        }
        return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, made));
    }

    private void readCell(int i, ColumnVector vector) throws SQLException {
        SourceColumn column = columns[i];
        try {
            if (column.converted()) {
                convert(i, vector);
            } else {
                readDirectly(i, vector);
            }
        } catch (SQLException e) {
            if (JdbcFaults.isBroken(e)) {
                throw e;
            }
            throw unreadable(i, e);
        } catch (IOException e) {
            throw unreadable(i, e);
        } catch (SnapshotException e) {
            throw e;
        } catch (RuntimeException e) {
            // Some drivers throw errors of java.time and of arithmetic for values that they cannot hand out.
            throw unreadable(i, e);
        }
    }

    private void readDirectly(int i, ColumnVector vector) throws SQLException, IOException {
        SourceColumn column = columns[i];
        int position = positions[i];
        switch (column.form()) {
            case BOOLEAN -> {
                boolean value = result.getBoolean(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((BooleanVector) vector).append(value);
                }
            }
            case LONG -> {
                long value = result.getLong(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else if (Conversions.isWithin(value, column.type().kind())) {
                    ((LongVector) vector).append(value);
                } else {
                    throw misfit(i, value);
                }
            }
            case FLOAT -> {
                float value = result.getFloat(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((DoubleVector) vector).append(value);
                }
            }
            case DOUBLE -> {
                double value = result.getDouble(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((DoubleVector) vector).append(value);
                }
            }
            case STRING -> {
                String value = result.getString(position);
                if (value == null) {
                    vector.appendNull();
                } else {
                    // A character takes one byte or more.
                    requireFits(i, value.length());
                    appendText((BytesVector) vector, value);
                }
            }
            case CHARACTERS -> characters(i, (BytesVector) vector, result.getCharacterStream(position));
            case BYTES -> {
                byte[] value = result.getBytes(position);
                if (value == null) {
                    vector.appendNull();
                } else {
                    requireRoom(i, value.length);
                    ((BytesVector) vector).append(value);
                }
            }
            case BYTE_STREAM -> byteStream(i, (BytesVector) vector, result.getBinaryStream(position));
            default -> readObject(i, vector);
        }
    }

    private void readObject(int i, ColumnVector vector) throws SQLException, IOException {
        Object value = fetch(i);
        if (value == null) {
            vector.appendNull();
            return;
        }
        boolean fits = true;
        ColumnType type = columns[i].type();
        if (value instanceof BigDecimal decimal) {
            fits = Conversions.appendDecimal(decimal, type, vector);
        } else if (value instanceof UUID uuid) {
            ((UuidVector) vector).append(uuid);
        } else if (value instanceof LocalDate date) {
            ((LongVector) vector).append(date.toEpochDay());
        } else if (value instanceof LocalTime time && Conversions.hasDigits(time.getNano(), type.precision())) {
            ((LongVector) vector).append(time.toNanoOfDay());
        } else if (value instanceof LocalDateTime moment && Conversions.hasDigits(moment.getNano(), type.precision())) {
            ((TimestampVector) vector).append(moment.toEpochSecond(ZoneOffset.UTC), moment.getNano());
        } else if (value instanceof OffsetDateTime moment
                && Conversions.hasDigits(moment.getNano(), type.precision())) {
            ((TimestampVector) vector).append(moment.toEpochSecond(), moment.getNano());
        } else {
            fits = false;
        }
        if (!fits) {
            throw misfit(i, value);
        }
    }

    private void convert(int i, ColumnVector vector) throws SQLException, IOException {
        Object value = fetch(i);
        if (value == null) {
            vector.appendNull();
            return;
        }
        if (value instanceof String text && columns[i].type().kind() == TypeKind.TEXT) {
            requireFits(i, text.length());
            appendText((BytesVector) vector, text);
            return;
        }
        if (value instanceof byte[] binary) {
            requireRoom(i, binary.length);
        }
        if (!conversions.append(value, columns[i].type(), vector)) {
            throw misfit(i, value);
        }
    }

    /** The value as an object, as the column's form reads it; null for NULL. */
    private @Nullable Object fetch(int i) throws SQLException, IOException {
        int position = positions[i];
        Form form = columns[i].form();
        Object value = switch (form) {
            case BOOLEAN -> result.getBoolean(position);
            case LONG -> result.getLong(position);
            case FLOAT -> result.getFloat(position);
            case DOUBLE -> result.getDouble(position);
            case DECIMAL -> result.getBigDecimal(position);
            case STRING -> result.getString(position);
            case CHARACTERS -> {
                Reader stream = result.getCharacterStream(position);
                yield stream == null ? null : new String(characters, 0, readAll(i, stream));
            }
            case BYTES -> result.getBytes(position);
            case BYTE_STREAM -> {
                InputStream stream = result.getBinaryStream(position);
                yield stream == null ? null : Arrays.copyOf(bytes, readAll(i, stream));
            }
            case LOCAL_DATE -> finite(i, result.getObject(position, LocalDate.class));
            case DUCKDB_DATE -> finite(i, (LocalDate) result.getObject(position));
            case LOCAL_TIME -> result.getObject(position, LocalTime.class);
            case LOCAL_DATE_TIME -> finite(i, result.getObject(position, LocalDateTime.class));
            case OFFSET_DATE_TIME -> finite(i, result.getObject(position, OffsetDateTime.class));
            case UUID -> result.getObject(position, UUID.class);
            case OBJECT -> result.getObject(position);
        };
        boolean primitive = form == Form.BOOLEAN || form == Form.LONG || form == Form.FLOAT || form == Form.DOUBLE;
        return primitive && result.wasNull() ? null : value;
    }

    /** Refuses infinite dates, which two drivers hand out as the last day that they can write. */
    private @Nullable LocalDate finite(int i, @Nullable LocalDate date) {
        boolean infinite = date != null
                && (date.equals(LocalDate.MAX)
                        || date.equals(LocalDate.MIN)
                        || session.dialect() == Dialect.DUCKDB
                                && (date.equals(DUCKDB_INFINITE_DATE) || date.equals(DUCKDB_MINUS_INFINITE_DATE)));
        if (infinite) {
            throw infinite(i);
        }
        return date;
    }

    private @Nullable LocalDateTime finite(int i, @Nullable LocalDateTime moment) {
        boolean infinite = moment != null
                && (moment.equals(LocalDateTime.MAX)
                        || moment.equals(LocalDateTime.MIN)
                        || session.dialect() == Dialect.DUCKDB
                                && isInfinite(i, moment.toEpochSecond(ZoneOffset.UTC), moment.getNano()));
        if (infinite) {
            throw infinite(i);
        }
        return moment;
    }

    private @Nullable OffsetDateTime finite(int i, @Nullable OffsetDateTime moment) {
        boolean infinite = moment != null
                && (moment.equals(OffsetDateTime.MAX)
                        || moment.equals(OffsetDateTime.MIN)
                        || session.dialect() == Dialect.DUCKDB
                                && isInfinite(i, moment.toEpochSecond(), moment.getNano()));
        if (infinite) {
            throw infinite(i);
        }
        return moment;
    }

    /** DuckDB counts the units of a second of the type in 64 bits; the two outermost numbers mean infinity. */
    private boolean isInfinite(int i, long second, int nano) {
        long unitsASecond = duckdbUnitsASecond(columns[i].databaseType());
        return is(second, nano, Long.MAX_VALUE, unitsASecond) || is(second, nano, -Long.MAX_VALUE, unitsASecond);
    }

    private static long duckdbUnitsASecond(String databaseType) {
        return switch (databaseType) {
            case "TIMESTAMP_S" -> 1;
            case "TIMESTAMP_MS" -> 1_000;
            case "TIMESTAMP_NS" -> 1_000_000_000;
            default -> 1_000_000;
        };
    }

    private static boolean is(long second, int nano, long units, long unitsASecond) {
        return second == Math.floorDiv(units, unitsASecond)
                && nano == Math.floorMod(units, unitsASecond) * (1_000_000_000 / unitsASecond);
    }

    private void appendText(BytesVector vector, String value) {
        int before = vector.bytesUsed();
        vector.append(value);
        rowBytes += vector.bytesUsed() - before;
        if (rowBytes > RowSize.MOST_BYTES) {
            throw RowSize.tooLarge(place(rowsRead) + " of " + description, rowBytes);
        }
    }

    private void characters(int i, BytesVector vector, @Nullable Reader stream) throws IOException {
        if (stream == null) {
            vector.appendNull();
            return;
        }
        int length = readAll(i, stream);
        vector.append(characters, 0, length);
    }

    private void byteStream(int i, BytesVector vector, @Nullable InputStream stream) throws IOException {
        if (stream == null) {
            vector.appendNull();
            return;
        }
        int length = readAll(i, stream);
        vector.append(bytes, 0, length);
    }

    private int readAll(int i, Reader stream) throws IOException {
        try (stream) {
            int length = 0;
            while (true) {
                if (length == characters.length) {
                    requireFits(i, length);
                    characters = Arrays.copyOf(characters, grown(length));
                }
                int read = stream.read(characters, length, characters.length - length);
                if (read < 0) {
                    requireRoom(i, length);
                    return length;
                }
                length += read;
            }
        }
    }

    private int readAll(int i, InputStream stream) throws IOException {
        try (stream) {
            int length = 0;
            while (true) {
                if (length == bytes.length) {
                    requireFits(i, length);
                    bytes = Arrays.copyOf(bytes, grown(length));
                }
                int read = stream.read(bytes, length, bytes.length - length);
                if (read < 0) {
                    requireRoom(i, length);
                    return length;
                }
                length += read;
            }
        }
    }

    private static int grown(int length) {
        return Math.max(FIRST_BUFFER, Math.toIntExact(Math.min(2L * length, RowSize.MOST_BYTES + FIRST_BUFFER)));
    }

    /** Counts the bytes of a value, and refuses the row if it has become too large. */
    private void requireRoom(int i, long length) {
        requireFits(i, length);
        rowBytes += length;
    }

    private void requireFits(int i, long length) {
        if (rowBytes + length > RowSize.MOST_BYTES) {
            throw RowSize.tooLarge(where(i) + ", " + place(rowsRead), rowBytes + length);
        }
    }

    private String where(int i) {
        return description + ", column '" + columns[i].name() + "'";
    }

    private SnapshotException misfit(int i, Object value) {
        return SnapshotException.invalidRequest(
                        "a value of " + place(rowsRead) + " does not fit the type of its column")
                .where(where(i))
                .actual(shown(value))
                .expected(
                        columns[i].type() + " (the database calls the column's type " + columns[i].databaseType() + ")")
                .nextStep("declare a type for the column that holds all its values, or convert it in the query")
                .build();
    }

    private SnapshotException infinite(int i) {
        return SnapshotException.invalidRequest("a value of " + place(rowsRead) + " has no counterpart in a snapshot")
                .where(where(i))
                .actual("an infinite date or time")
                .expected("a finite value")
                .nextStep("replace it in the query, for example by NULL")
                .build();
    }

    private SnapshotException unreadable(int i, Exception failure) {
        boolean lacking = failure instanceof SQLFeatureNotSupportedException;
        return SnapshotException.invalidRequest(
                        lacking
                                ? "the driver cannot hand out a column's values"
                                : "a value of " + place(rowsRead) + " cannot be read")
                .where(where(i))
                .actual(JdbcFaults.said(failure))
                .expected(
                        columns[i].type() + " (the database calls the column's type " + columns[i].databaseType() + ")")
                .nextStep("convert the column in the query, for example to text, or leave it out")
                .cause(failure)
                .build();
    }

    /** A value with its kind, because 1 and '1' look alike. */
    private static String shown(Object value) {
        if (value instanceof String text) {
            return "text '" + text + "'";
        }
        if (value instanceof byte[] binary) {
            StringBuilder text = new StringBuilder("bytes ");
            for (int i = 0; i < Math.min(SHOWN_BYTES, binary.length); i++) {
                text.append(String.format("%02x", binary[i]));
            }
            return text + (binary.length > SHOWN_BYTES ? "…" : "") + " (" + binary.length + ")";
        }
        if (value instanceof Double || value instanceof Float) {
            return "float " + value;
        }
        if (value instanceof Number && !(value instanceof BigDecimal) && !(value instanceof BigInteger)) {
            return "integer " + value;
        }
        return value instanceof Number
                        || value instanceof Boolean
                        || value.getClass().getName().startsWith("java.time")
                ? String.valueOf(value)
                : "an object of " + value.getClass().getName();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!ended) {
            ended = true;
            if (session.dialect().drainsOnClose()) {
                cancel();
            }
        }
        JdbcRowSource.close(result);
        JdbcRowSource.close(statement);
        session.close();
    }

    private void cancel() {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // Closing then waits for the rows that are left.
        }
    }
}
