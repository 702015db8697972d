package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.csv.CsvLayout;
import io.hybridsnapshot.csv.CsvRowWriter;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.samples.OrdersUnified;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A table that whole jobs are measured with: CSV files of two days, which are the same in every run. */
enum MeasuredTable {
    /** {@link TableShape#ORDERS}: 268 columns, light rows. */
    ORDERS,
    /** {@link TableShape#DENSE}: 268 columns, dense rows. */
    DENSE,
    /** Ten times as many rows of 20 columns; on the second day two cells of 1 % of the rows are others. */
    NARROW;

    private static final Schema NARROW_SCHEMA = Schema.of(List.of(
            new Column("id", ColumnType.INT64),
            new Column("customer", ColumnType.TEXT),
            new Column("style", ColumnType.TEXT),
            new Column("amount", ColumnType.FLOAT64),
            new Column("qty", ColumnType.INT32),
            new Column("day_", ColumnType.DATE),
            new Column("ts", ColumnType.timestamp(6)),
            new Column("price", ColumnType.FLOAT64),
            new Column("note", ColumnType.TEXT),
            new Column("active", ColumnType.BOOLEAN),
            new Column("n1", ColumnType.INT32),
            new Column("n2", ColumnType.INT32),
            new Column("country", ColumnType.TEXT),
            new Column("sku", ColumnType.TEXT),
            new Column("tag", ColumnType.TEXT),
            new Column("b1", ColumnType.INT64),
            new Column("disc", ColumnType.decimal(9, 2)),
            new Column("status", ColumnType.TEXT),
            new Column("z", ColumnType.INT32),
            new Column("city", ColumnType.TEXT)));

    private static final int NARROW_FACTOR = 10;

    /** The name in a printed table. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number of rows of the first day where the tables of 268 columns have so many. */
    long rows(long wideRows) {
        return this == NARROW ? NARROW_FACTOR * wideRows : wideRows;
    }

    /** The columns and their types. */
    Schema schema() {
        return this == NARROW ? NARROW_SCHEMA : OrdersUnified.SCHEMA;
    }

    /** The key column. */
    String key() {
        return this == NARROW ? "id" : OrdersUnified.KEY;
    }

    /** The dataset as a configuration would define it. */
    Dataset dataset() {
        return this == NARROW
                ? Dataset.of("NARROW", List.of(key()))
                : Dataset.of("ORDERS_UNIFIED", List.of(key()))
                        .withCarriedColumns(OrdersUnified.DATASET.carriedColumns());
    }

    /**
     * Writes the CSV file of one day.
     *
     * @param rows the rows of the first day
     * @param day 0 or 1
     */
    void writeCsv(long rows, int day, Path file) {
        if (this == NARROW) {
            try (DuckDbPeer writer = DuckDbPeer.open(NARROW_SCHEMA)) {
                writer.writeNarrow(rows, day, file);
            }
            return;
        }
        TableShape shape = this == DENSE ? TableShape.DENSE : TableShape.ORDERS;
        try (RowStream stream = shape.slowlyChanging(rows, day).open(ReadOptions.ALL)) {
            CsvRowWriter.write(stream, file, CsvLayout.DEFAULT);
        }
    }
}
