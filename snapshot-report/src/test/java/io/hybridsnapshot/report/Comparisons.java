package io.hybridsnapshot.report;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.comparison.ComparisonRules;
import io.hybridsnapshot.engine.comparison.DetailRequest;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.tables.CompareTables;
import io.hybridsnapshot.engine.tables.TablesReport;
import io.hybridsnapshot.engine.tables.TablesRequest;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Comparisons of small tables, made for reports. A cell is a text, a number or null. */
final class Comparisons {
    static final Instant MOMENT = Instant.parse("2026-11-30T12:00:00Z");

    private Comparisons() {}

    /** A table; columns with a number in a row are numbers. */
    static Table table(List<String> columns, List<Object[]> rows) {
        List<Column> types = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int at = column;
            boolean numbers = rows.stream().anyMatch(row -> row[at] instanceof Integer);
            types.add(new Column(columns.get(column), numbers ? ColumnType.INT64 : ColumnType.TEXT));
        }
        Schema schema = Schema.of(types);
        List<ColumnVector> vectors = RowBatch.vectorsFor(schema, Math.max(1, rows.size()));
        for (Object[] row : rows) {
            for (int column = 0; column < row.length; column++) {
                if (row[column] == null) {
                    vectors.get(column).appendNull();
                } else if (vectors.get(column) instanceof LongVector numbers) {
                    numbers.append((Integer) row[column]);
                } else {
                    ((BytesVector) vectors.get(column)).append((String) row[column]);
                }
            }
        }
        return new Table(schema, rows.isEmpty() ? List.of() : List.of(new RowBatch(schema, vectors)));
    }

    static Object[] row(Object... cells) {
        return cells;
    }

    /** Rows with the key {@code id}, whose first is {@code from}, and one column of numbers. */
    static Table numbered(int from, int to, int value) {
        return table(
                List.of("id", "value"),
                IntStream.range(from, to).mapToObj(id -> row(id, value)).toList());
    }

    /** A comparison and the report that heard its rows; closed by the test. */
    record Compared(TablesReport tables, ChangeReport report) implements AutoCloseable {
        ReportSummary summary() {
            return ReportSummary.of(tables, MOMENT).titled("Changes from before to after");
        }

        String text(ReportFormat format) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            report.write(format, summary(), out);
            return out.toString(StandardCharsets.UTF_8);
        }

        Path file(Path file, ReportFormat format) throws IOException {
            try (OutputStream out = Files.newOutputStream(file)) {
                report.write(format, summary(), out);
            }
            return file;
        }

        @Override
        public void close() {
            report.close();
        }
    }

    static Compared compare(Path directory, Table before, Table after, String... hidden) {
        return compare(directory, before, after, ComparisonRules.NONE, PageLimits.DEFAULT, List.of(hidden));
    }

    static Compared compare(
            Path directory,
            Table before,
            Table after,
            ComparisonRules rules,
            PageLimits limits,
            Collection<String> hidden) {
        SnapshotEnvironment environment = SnapshotEnvironment.onFirstUse(
                        () -> {
                            throw new IllegalStateException("a window is not needed");
                        },
                        () -> {
                            throw new IllegalStateException("an archive is not needed");
                        },
                        new InMemorySnapshotCodec(),
                        directory)
                .withClock(Clock.systemUTC());
        ChangeReport report = ChangeReport.spoolingTo(directory.resolve("spool"), hidden, limits);
        try {
            TablesReport tables = new CompareTables(environment)
                    .compare(TablesRequest.of(
                                    new InMemoryRowSource("before", before), new InMemoryRowSource("after", after))
                            .withKey(List.of(before.schema().names().get(0)))
                            .withDetails(Optional.of(new DetailRequest(3, Optional.of(report), rules))));
            return new Compared(tables.named("before", "after"), report);
        } catch (RuntimeException e) {
            report.close();
            throw e;
        }
    }
}
