package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import java.util.Locale;

/**
 * What the measured rows look like. All shapes have the 268 columns of ORDERS_UNIFIED and are the same in every run.
 */
public enum TableShape {
    /**
     * The orders as they are: most cells of the 161 size columns are NULL, texts are short; some 0.9 kB a row as CSV.
     */
    ORDERS,
    /** The same orders filled up: 35 % of all cells are NULL, texts take some 3 kB a row. */
    DENSE;

    private static final long SEED = 20_260_101L;
    private static final double CHANGED = 0.05;
    private static final double ADDED = 0.01;
    private static final double REMOVED = 0.005;
    private static final double FEW_CHANGED = 0.008;
    private static final double FEW_ADDED = 0.001;
    private static final double FEW_REMOVED = 0.001;

    /**
     * The rows of one day.
     *
     * @param rows how many rows day 0 has
     * @param day 0, or a later day, on which 5 % of the rows of the day before are changed, 0.5 % are gone and 1 % are
     *     new
     */
    public RowSource rows(long rows, int day) {
        return filled(new OrdersSpec(SEED, rows, day, CHANGED, ADDED, REMOVED));
    }

    /**
     * The rows of one day of a table that changes slowly.
     *
     * @param rows how many rows day 0 has
     * @param day 0, or a later day, which differs from the day before in 1 % of the rows: 0.8 % are changed, 0.1 % are
     *     gone and 0.1 % are new
     */
    public RowSource slowlyChanging(long rows, int day) {
        return filled(new OrdersSpec(SEED, rows, day, FEW_CHANGED, FEW_ADDED, FEW_REMOVED));
    }

    private RowSource filled(OrdersSpec spec) {
        OrdersMaker orders = new OrdersMaker(spec);
        return this == ORDERS ? orders : new DenseOrders(orders);
    }

    /** The name as it stands in tables. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
