package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.util.Locale;
import java.util.Optional;

/** Prints how fast orders are made: {@code java … OrdersThroughput [rows] [day]}. */
final class OrdersThroughput {
    private OrdersThroughput() {}

    public static void main(String[] args) {
        long rows = args.length > 0 ? Long.parseLong(args[0]) : 200_000;
        int day = args.length > 1 ? Integer.parseInt(args[1]) : 1;
        OrdersMaker maker = new OrdersMaker(OrdersSpec.of(1, rows).onDay(day));
        for (int run = 1; run <= 6; run++) {
            long start = System.nanoTime();
            long count = 0;
            long bytes = 0;
            try (RowStream stream = maker.open(ReadOptions.ALL)) {
                for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    count += batch.get().rowCount();
                    for (int column = 0; column < batch.get().schema().size(); column++) {
                        bytes += batch.get().vector(column).heapBytes();
                    }
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "run %d: %,d rows in %.2f s: %,.0f rows/s, %,d bytes of heap a row%n",
                    run,
                    count,
                    seconds,
                    count / seconds,
                    bytes / count);
        }
    }
}
