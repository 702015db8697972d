package io.hybridsnapshot.app.report;

import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.csv.LineEnd;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Trends as lines for people, and as documents and CSV for programs. Stateless. */
public final class TrendView {
    private static final String NONE = "-";
    private static final int PARTITION_WIDTH = 255;

    /** The characters that spreadsheets take for the beginning of a formula (OWASP, CSV injection). */
    private static final String FORMULA_STARTS = "=+-@\t\r";

    private static final Schema CSV = Schema.of(
            new Column("dataset", ColumnType.TEXT),
            new Column("partition", ColumnType.TEXT),
            new Column("period", ColumnType.TEXT),
            new Column("from", ColumnType.DATE),
            new Column("until", ColumnType.DATE),
            new Column("archives", ColumnType.INT64),
            new Column("removed", ColumnType.INT64),
            new Column("rows", ColumnType.INT64),
            new Column("bytes", ColumnType.INT64),
            new Column("removed_bytes", ColumnType.INT64),
            new Column("compression_ratio", ColumnType.FLOAT64),
            new Column("new", ColumnType.INT64),
            new Column("changed", ColumnType.INT64),
            new Column("unchanged", ColumnType.INT64),
            new Column("deleted", ColumnType.INT64),
            new Column("unknown_changes", ColumnType.INT64));

    private TrendView() {}

    /** The periods of a dataset as a table. */
    public static List<String> lines(List<TrendPeriod> periods, TrendStep step) {
        TextTable table = new TextTable("  ")
                .text("partition", PARTITION_WIDTH)
                .text(step.name().toLowerCase(Locale.ROOT) + " (UTC)", 12)
                .number("archives")
                .number("removed")
                .number("rows")
                .number("size")
                .number("ratio")
                .number("NEW")
                .number("CHANGED")
                .number("UNCHANGED")
                .number("DELETED")
                .number("unknown");
        for (TrendPeriod period : periods) {
            table.row(
                    period.partition(),
                    step.name(period.from()),
                    Amounts.count(period.archives()),
                    Amounts.count(period.removed()),
                    period.rows().isPresent() ? Amounts.count(period.rows().getAsLong()) : NONE,
                    Amounts.size(period.bytes()),
                    period.compressionRatio()
                            .map(ratio -> String.format(Locale.ROOT, "%.2f", ratio))
                            .orElse(NONE),
                    Amounts.count(period.changes().added()),
                    Amounts.count(period.changes().changed()),
                    Amounts.count(period.changes().unchanged()),
                    Amounts.count(period.changes().deleted()),
                    Amounts.count(period.unknownChanges()));
        }
        return table.lines();
    }

    /** A period as a document. */
    public static Map<String, Object> json(TrendPeriod period, TrendStep step) {
        return Json.object(
                "partition", period.partition(),
                "period", step.name(period.from()),
                "from", period.from(),
                "until", period.until(),
                "archives", period.archives(),
                "removed", period.removed(),
                "rows", period.rows(),
                "bytes", period.bytes(),
                "removedBytes", period.removedBytes(),
                "compressionRatio", period.compressionRatio(),
                "changes", SnapshotView.json(period.changes()),
                "unknownChanges", period.unknownChanges());
    }

    /**
     * Writes the periods of all datasets as CSV (RFC 4180: comma, CRLF, a header). A partition's name gets a leading
     * apostrophe if a spreadsheet would take it for a formula, since such a name may come from a source that others
     * write. JSON has the unchanged name.
     */
    public static void csv(OutputStream out, Map<String, List<TrendPeriod>> datasets, TrendStep step) {
        try (CsvRowWriter writer = CsvRowWriter.to(out, "stdout", CSV, CsvLayout.DEFAULT.withLineEnd(LineEnd.CRLF))) {
            datasets.forEach((dataset, periods) -> {
                if (!periods.isEmpty()) {
                    writer.append(batch(dataset, periods, step));
                }
            });
            writer.finish();
        }
    }

    private static RowBatch batch(String dataset, List<TrendPeriod> periods, TrendStep step) {
        List<ColumnVector> vectors = RowBatch.vectorsFor(CSV, periods.size());
        for (TrendPeriod period : periods) {
            Cells cells = new Cells(vectors);
            cells.text(harmless(dataset));
            cells.text(harmless(period.partition().name()));
            cells.text(step.name(period.from()));
            cells.number(period.from().toEpochDay());
            cells.number(period.until().toEpochDay());
            cells.number(period.archives());
            cells.number(period.removed());
            cells.number(period.rows());
            cells.number(period.bytes());
            cells.number(period.removedBytes());
            cells.ratio(period.compressionRatio());
            cells.number(period.changes().added());
            cells.number(period.changes().changed());
            cells.number(period.changes().unchanged());
            cells.number(period.changes().deleted());
            cells.number(period.unknownChanges());
        }
        return new RowBatch(CSV, vectors);
    }

    /** Appends the cells of a row from left to right. */
    private static final class Cells {
        private final List<ColumnVector> vectors;
        private int column;

        Cells(List<ColumnVector> vectors) {
            this.vectors = vectors;
        }

        void text(String text) {
            ((BytesVector) vectors.get(column++)).append(text);
        }

        void number(long number) {
            ((LongVector) vectors.get(column++)).append(number);
        }

        void number(OptionalLong number) {
            if (number.isPresent()) {
                number(number.getAsLong());
            } else {
                vectors.get(column++).appendNull();
            }
        }

        void ratio(Optional<Double> ratio) {
            ColumnVector vector = vectors.get(column++);
            ratio.ifPresentOrElse(value -> ((DoubleVector) vector).append(value), vector::appendNull);
        }
    }

    private static String harmless(String name) {
        return !name.isEmpty() && FORMULA_STARTS.indexOf(name.charAt(0)) >= 0 ? "'" + name : name;
    }
}
