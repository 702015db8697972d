package io.hybridsnapshot.sqlserver.source;

import com.microsoft.sqlserver.jdbc.SQLServerResultSet;
import io.hybridsnapshot.domain.batch.BooleanVector;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DecimalVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.jdbc.connection.RangeStream;
import io.hybridsnapshot.sqlserver.connection.GuidBytes;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import microsoft.sql.DateTimeOffset;

/**
 * The rows of one running SELECT as batches. A hot path: values go from the driver's getters into vectors, without text
 * for numbers and times. Unicode text is read from its bytes, which preserves lone surrogates. Closing leaves the
 * session open. For one thread, except {@link #cancel}.
 */
final class SelectedRows implements RangeStream.Rows, AutoCloseable {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The largest value: as UTF-8, up to half as much again, it still fits into one vector. */
    private static final int MAX_VALUE_BYTES = 1 << 29;

    /** A row of no length counts at least this much, so that a batch of many columns ends in time. */
    private static final int CELL_BYTES = 8;

    private final SqlServerSession session;
    private final String description;
    private final Statement statement;
    private final ResultSet result;
    private final List<SourceColumn> columns;
    private final SourceColumn.Form[] forms;
    private final int[] positions;
    private final Schema schema;
    private final int batchRows;
    private long rowsRead;
    private long bytes;
    private boolean ended;

    private SelectedRows(
            SqlServerSession session,
            String description,
            Statement statement,
            ResultSet result,
            Selection selection,
            int batchRows) {
        this.session = session;
        this.description = description;
        this.statement = statement;
        this.result = result;
        this.columns = selection.columns();
        this.forms = selection.forms().toArray(new SourceColumn.Form[0]);
        this.positions =
                selection.positions().stream().mapToInt(Integer::intValue).toArray();
        this.schema = selection.schema();
        this.batchRows = batchRows;
    }

    /**
     * The content of a SELECT statement.
     *
     * @param sql the statement
     * @param columns the columns that are read
     * @param forms the form of each column
     * @param positions the position of each column in the result, from 1
     */
    record Selection(String sql, List<SourceColumn> columns, List<SourceColumn.Form> forms, List<Integer> positions) {
        Selection {
            columns = List.copyOf(columns);
            forms = List.copyOf(forms);
            positions = List.copyOf(positions);
        }

        Schema schema() {
            return Schema.of(columns.stream().map(SourceColumn::column).toList());
        }
    }

    /**
     * Runs the statement.
     *
     * @throws SnapshotException CONFLICT if its columns have changed since the query was described
     */
    static SelectedRows open(SqlServerSession session, String description, Selection selection, int batchRows) {
        return session.run("reading " + description, () -> {
            Statement statement = session.connection()
                    .createStatement(SQLServerResultSet.TYPE_SS_DIRECT_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
            try {
                // A brace in a name or a text is no escape of JDBC.
                statement.setEscapeProcessing(false);
                ResultSet result = statement.executeQuery(selection.sql());
                requireSame(SourceColumn.of(result.getMetaData(), description), selection, description);
                return new SelectedRows(session, description, statement, result, selection, batchRows);
            } catch (SQLException | RuntimeException e) {
                statement.close();
                throw e;
            }
        });
    }

    private static void requireSame(List<SourceColumn> now, Selection selection, String description) {
        for (int i = 0; i < selection.columns().size(); i++) {
            SourceColumn described = selection.columns().get(i);
            int position = selection.positions().get(i);
            SourceColumn found = position <= now.size() ? now.get(position - 1) : null;
            boolean same = found != null
                    && found.form() == selection.forms().get(i)
                    && found.type().precision() == described.type().precision()
                    && found.type().scale() == described.type().scale();
            if (!same) {
                throw SnapshotException.conflict("a table of the query was changed while the query began")
                        .where(description + ", column '" + described.name() + "'")
                        .actual(found == null ? "no column" : found.serverType())
                        .expected(described.serverType())
                        .nextStep("{0}", CommonRemedy.REPEAT)
                        .build();
            }
        }
    }

    Schema schema() {
        return schema;
    }

    /** The next batch, or empty at the end and ever after. */
    @Override
    public Optional<RowBatch> next() {
        if (ended) {
            return Optional.empty();
        }
        try {
            return session.run("reading " + description, this::read);
        } catch (RuntimeException e) {
            ended = true;
            throw e;
        }
    }

    private Optional<RowBatch> read() throws SQLException {
        List<ColumnVector> made = RowBatch.vectorsFor(schema, batchRows);
        ColumnVector[] vectors = made.toArray(new ColumnVector[0]);
        int rows = 0;
        bytes = 0;
        while (rows < batchRows && bytes < RowBatch.DEFAULT_BYTES) {
            if (!result.next()) {
                finish();
                break;
            }
            for (int i = 0; i < vectors.length; i++) {
                read(i, vectors[i]);
            }
            rows++;
            rowsRead++;
            bytes += (long) CELL_BYTES * vectors.length;
        }
        return rows == 0 ? Optional.empty() : Optional.of(new RowBatch(schema, made));
    }

    /**
     * Requests the result after the rows, which throws an error that follows them. Otherwise truncated rows would be
     * taken for all rows.
     */
    private void finish() throws SQLException {
        ended = true;
        while (statement.getMoreResults() || statement.getUpdateCount() >= 0) {
            // A SELECT has one result.
        }
        statement.close();
    }

    private void read(int i, ColumnVector vector) throws SQLException {
        int position = positions[i];
        switch (forms[i]) {
            case BIT -> {
                boolean value = result.getBoolean(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((BooleanVector) vector).append(value);
                }
            }
            case INTEGER -> {
                int value = result.getInt(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((LongVector) vector).append(value);
                }
            }
            case BIGINT -> {
                long value = result.getLong(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((LongVector) vector).append(value);
                }
            }
            case FLOAT -> {
                double value = result.getDouble(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((DoubleVector) vector).append(value);
                }
            }
            case REAL -> {
                float value = result.getFloat(position);
                if (result.wasNull()) {
                    vector.appendNull();
                } else {
                    ((DoubleVector) vector).append(value);
                }
            }
            case DECIMAL -> decimal(columns.get(i), vector, result.getBigDecimal(position));
            case CHARACTERS -> characters(i, (BytesVector) vector, result.getString(position));
            case DATE, TIME, DATETIME2 -> time(forms[i], vector, result.getObject(position, LocalDateTime.class));
            case DATETIMEOFFSET ->
                offset(i, (TimestampVector) vector, result.getObject(position, DateTimeOffset.class));
            case MONEY, UNICODE, BYTES, DATETIME, SMALLDATETIME, GUID -> bytes(i, vector, result.getBytes(position));
        }
    }

    private static void decimal(SourceColumn column, ColumnVector vector, BigDecimal read) {
        if (read == null) {
            vector.appendNull();
            return;
        }
        int scale = column.type().scale();
        BigDecimal value = read.scale() == scale ? read : read.setScale(scale);
        if (vector instanceof LongVector narrow) {
            narrow.append(value.unscaledValue().longValue());
        } else {
            ((DecimalVector) vector).append(value.unscaledValue());
        }
    }

    private void characters(int i, BytesVector vector, String text) {
        if (text == null) {
            vector.appendNull();
            return;
        }
        requireRoom(i, 2L * text.length());
        vector.append(text);
        bytes += text.length();
    }

    private void bytes(int i, ColumnVector vector, byte[] value) {
        if (value == null) {
            vector.appendNull();
            return;
        }
        switch (forms[i]) {
            case MONEY -> {
                if (vector instanceof DecimalVector wide) {
                    wide.append((long) LONGS.get(value, 0));
                } else {
                    ((LongVector) vector).append((int) INTS.get(value, 0));
                }
            }
            case UNICODE -> {
                requireRoom(i, value.length);
                Utf16Text.append(value, (BytesVector) vector);
                bytes += value.length;
            }
            case DATETIME ->
                ServerTimes.appendDatetime(
                        (int) INTS.get(value, 0), (int) INTS.get(value, Integer.BYTES), (TimestampVector) vector);
            case SMALLDATETIME ->
                ServerTimes.appendSmallDatetime(
                        (short) SHORTS.get(value, 0) & 0xFFFF,
                        (short) SHORTS.get(value, Short.BYTES) & 0xFFFF,
                        (TimestampVector) vector);
            case GUID -> ((UuidVector) vector).append(GuidBytes.high(value, 0), GuidBytes.low(value, 0));
            default -> {
                requireRoom(i, value.length);
                ((BytesVector) vector).append(value);
                bytes += value.length;
            }
        }
    }

    private static void time(SourceColumn.Form form, ColumnVector vector, LocalDateTime value) {
        if (value == null) {
            vector.appendNull();
            return;
        }
        switch (form) {
            case DATE -> ((LongVector) vector).append(value.toLocalDate().toEpochDay());
            case TIME -> ((LongVector) vector).append(value.toLocalTime().toNanoOfDay());
            default -> ((TimestampVector) vector).append(value.toEpochSecond(ZoneOffset.UTC), value.getNano());
        }
    }

    private void offset(int i, TimestampVector vector, DateTimeOffset value) {
        if (value == null) {
            vector.appendNull();
        } else if (!ServerTimes.append(value, vector)) {
            throw wrongValue(i, "cannot be told from another one by the driver")
                    .actual("a day of 1582-10-05 to 1582-10-24")
                    .nextStep("leave the ORDER BY out of the query, or cast the column to datetime2")
                    .build();
        }
    }

    private void requireRoom(int i, long length) {
        if (length > MAX_VALUE_BYTES) {
            throw wrongValue(i, "is too long for a snapshot")
                    .actual(length + " bytes")
                    .expected("at most " + MAX_VALUE_BYTES)
                    .nextStep("shorten it in the query, or leave the column out")
                    .build();
        }
    }

    private SnapshotException.Builder wrongValue(int i, String problem) {
        return SnapshotException.invalidRequest("a value of row " + (rowsRead + 1) + " " + problem)
                .where(description + ", column '" + columns.get(i).name() + "'");
    }

    /**
     * Tells the server to stop, without waiting for the data in transit. The next read fails. For any thread.
     */
    @Override
    public void cancel() {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // The rows are no longer needed; closing the connection stops them, too.
        }
    }

    /** Closes the statement. If rows are still outstanding, the server is first told to stop. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            cancel();
        }
    }
}
