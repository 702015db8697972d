package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.source.SourceColumn.Form;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jooq.impl.DSL;

/**
 * Types of numeric columns without a precision, or with one beyond 38 digits. The server counts the digits of the
 * values before and after the decimal point. It does so in one pass over the query, in the transaction that then reads
 * the rows. The type is a decimal of 38 digits. Its scale is the one that the values need, or the column's earlier
 * scale if the values also fit that. Stateless.
 */
final class MeasuredNumerics {
    private static final int MOST_DIGITS = ColumnType.MAX_DECIMAL_PRECISION;

    private MeasuredNumerics() {}

    /**
     * The columns with their types. The server is asked only if a column has no type.
     *
     * @param known the types of an earlier snapshot
     * @throws SnapshotException INVALID_REQUEST if the values of a column do not fit; the error names the column and
     *     the cast to write
     */
    static List<SourceColumn> typed(
            PostgresSession session,
            PostgresRowSource source,
            String query,
            List<SourceColumn> columns,
            Optional<Schema> known) {
        List<String> measures = new ArrayList<>();
        for (SourceColumn column : columns) {
            if (column.form() == Form.WIDE_NUMERIC) {
                String name = session.dsl().render(DSL.name(column.name()));
                // NaN and infinity have no scale. They are reported with their row when it is read.
                measures.add("max(min_scale(" + name + "))");
                measures.add("trunc(max(abs(" + name + ")) FILTER (WHERE min_scale(" + name + ") IS NOT NULL))::text");
            }
        }
        if (measures.isEmpty()) {
            return columns;
        }
        String statement = "SELECT " + String.join(", ", measures) + " FROM (" + query + "\n) AS source";
        return session.run(source.reading(), () -> {
            try (Statement measuring = session.connection().createStatement();
                    ResultSet measured = measuring.executeQuery(statement)) {
                measured.next();
                return typed(source, columns, measured, known);
            }
        });
    }

    private static List<SourceColumn> typed(
            PostgresRowSource source, List<SourceColumn> columns, ResultSet measured, Optional<Schema> known)
            throws SQLException {
        List<SourceColumn> typed = new ArrayList<>(columns.size());
        int at = 1;
        for (SourceColumn column : columns) {
            if (column.form() != Form.WIDE_NUMERIC) {
                typed.add(column);
                continue;
            }
            int scale = measured.getInt(at);
            String greatest = measured.getString(at + 1);
            int digits = greatest == null || greatest.equals("0") ? 0 : greatest.length();
            at += 2;
            if (digits + scale > MOST_DIGITS) {
                throw tooLong(source, column.name(), digits, scale);
            }
            int before = known.flatMap(schema -> scaleOf(schema, column.name())).orElse(0);
            typed.add(column.withScale(before > scale && digits + before <= MOST_DIGITS ? before : scale));
        }
        return typed;
    }

    private static Optional<Integer> scaleOf(Schema schema, String name) {
        OptionalInt index = schema.find(name);
        return index.isPresent() && schema.column(index.getAsInt()).type().kind() == TypeKind.DECIMAL
                ? Optional.of(schema.column(index.getAsInt()).type().scale())
                : Optional.empty();
    }

    private static SnapshotException tooLong(PostgresRowSource source, String name, int digits, int scale) {
        String quoted = '"' + name.replace("\"", "\"\"") + '"';
        String rounded = digits > MOST_DIGITS
                ? ""
                : "CAST(" + quoted + " AS numeric(" + MOST_DIGITS + "," + (MOST_DIGITS - digits)
                        + ")), which rounds, or ";
        return source.wrongColumn("a column's numbers have too many digits", name)
                .actual(digits + " digits before and " + scale + " after the decimal point")
                .expected("at most " + MOST_DIGITS + " together")
                .nextStep("write " + rounded + "CAST(" + quoted + " AS text) in the query")
                .build();
    }
}
