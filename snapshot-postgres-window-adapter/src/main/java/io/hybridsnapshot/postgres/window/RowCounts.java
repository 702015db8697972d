package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.LAST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.VersionCounts;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** The number of rows that a partition has of each snapshot. Mutable while it is counted; one thread. */
final class RowCounts {
    private final VersionCounts versions = new VersionCounts();
    private long rows;
    private long foreign;
    private @Nullable Instant newest;

    /**
     * Counts the rows by partition, in the order of the names. Reads all current rows once.
     *
     * @param withFormer also reads the former versions
     */
    static Map<String, RowCounts> of(
            PostgresSession session, WindowTables tables, Optional<Partition> partition, boolean withFormer) {
        Condition wanted =
                partition.map(only -> CUSTOMER_FILTER.eq(only.name())).orElse(noCondition());
        Map<String, RowCounts> counts = new TreeMap<>();
        session.dsl()
                .select(CUSTOMER_FILTER, FIRST_NUMBER, count(), count(BATCH_ID), max(SNAPSHOT_DATE))
                .from(tables.current())
                .where(wanted)
                .groupBy(CUSTOMER_FILTER, FIRST_NUMBER)
                .forEach(row -> counts.computeIfAbsent(row.value1(), name -> new RowCounts())
                        .add(row.value2(), row.value3(), row.value3() - row.value4(), row.value5()));
        if (withFormer) {
            session.dsl()
                    .select(CUSTOMER_FILTER, FIRST_NUMBER, LAST_NUMBER, count())
                    .from(tables.version())
                    .where(wanted)
                    .groupBy(CUSTOMER_FILTER, FIRST_NUMBER, LAST_NUMBER)
                    .forEach(row -> counts.computeIfAbsent(row.value1(), name -> new RowCounts())
                            .versions
                            .addFormer(row.value2(), row.value3(), row.value4()));
        }
        return counts;
    }

    private void add(@Nullable Long number, long counted, long withoutBatch, Instant date) {
        rows += counted;
        if (number == null) {
            foreign += counted;
        } else {
            versions.addCurrent(number, counted);
            foreign += withoutBatch;
        }
        if (newest == null || date.isAfter(newest)) {
            newest = date;
        }
    }

    /** All rows of the current table. */
    long rows() {
        return rows;
    }

    /** Rows of the current table that the snapshot of this number has. */
    long upTo(long number) {
        return versions.upTo(number);
    }

    /** Whether a foreign writer made rows of the current table, given the number of the current snapshot. */
    boolean hasStrangers(long number) {
        return foreign > 0 || rows > upTo(number);
    }

    /** Rows of a previous snapshot, in the current table and among the former versions. */
    long of(long number) {
        return versions.of(number);
    }

    /** The newest date of the current table's rows. */
    Instant newest() {
        return Objects.requireNonNull(newest);
    }
}
