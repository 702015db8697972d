package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Objects;

/**
 * Made-up orders in the shape of {@link OrdersUnified#SCHEMA}, streamed from nothing but a spec: rows of one spec are
 * the same in every run, whatever the batch size and the columns asked for. A day is made alone, without the days
 * before it; memory is bounded by a batch. Rows that a day keeps from the day before stand in the same order, those
 * that it adds come last. A changed row differs in one to three columns (a size and the totals, dates, a status, a
 * tracking number, the activity).
 *
 * <p>Immutable and thread-safe; {@link ReadOptions#knownTypes} is not needed, as the columns have types.
 */
public final class OrdersMaker implements RowSource {
    private final OrdersSpec spec;
    private final OrderHistory history;

    /** A maker of the rows that the spec describes. */
    public OrdersMaker(OrdersSpec spec) {
        this.spec = Objects.requireNonNull(spec, "spec");
        this.history = new OrderHistory(spec);
    }

    /** What is made. */
    public OrdersSpec spec() {
        return spec;
    }

    @Override
    public String description() {
        return "made-up orders (seed " + spec.seed() + ", " + spec.rows() + " rows, day " + spec.day() + ")";
    }

    /**
     * Opens the rows of the day. A batch holds as many rows as asked for, but at most 4,096, and is full unless it is
     * the last.
     *
     * @throws SnapshotException INVALID_REQUEST if a column is unknown or named twice
     */
    @Override
    public RowStream open(ReadOptions options) {
        Schema schema =
                options.columns().isEmpty() ? OrdersUnified.SCHEMA : OrdersUnified.SCHEMA.select(options.columns());
        return new OrdersStream(history, new OrderLine(spec.seed()), schema, options.batchRows());
    }

    /** The number of rows of the day, counted row by row. */
    public long rowCount() {
        return history.since(spec.day()).after();
    }

    /**
     * How the day differs from the day before, counted row by row: exactly what a right delta finds. All rows of day 0
     * are new.
     */
    public DeltaSummary expected() {
        return spec.day() == 0 ? new DeltaSummary(rowCount(), 0, 0, 0) : expectedSince(spec.day() - 1);
    }

    /**
     * How the day differs from an earlier one, counted row by row. A row whose changes between them undo each other is
     * unchanged.
     *
     * @param earlierDay from 0 to the spec's day
     * @throws SnapshotException INVALID_REQUEST for any other day
     */
    public DeltaSummary expectedSince(int earlierDay) {
        if (earlierDay < 0 || earlierDay > spec.day()) {
            throw SnapshotException.invalidRequest("made-up orders can be compared with an earlier day only")
                    .actual("day " + earlierDay)
                    .expected("0 to " + spec.day())
                    .build();
        }
        return history.since(earlierDay);
    }
}
