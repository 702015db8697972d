package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.SQLDataType;

/**
 * The stamps of visible snapshots' rows. A row has the stamps of its origin, the snapshot whose batch id it has: the
 * current one where each publish stamps all rows, or the one with which its version appeared. The server counts. Used
 * once, in a transaction that sees one moment; one thread.
 */
final class StampedRows {
    /** The columns of {@link WindowStatements#stamps}. */
    static final List<Field<?>> COLUMNS = Stream.concat(
                    Stream.<Field<?>>of(
                            field(name("batch_id"), SQLDataType.UUID), field(name("origin"), SQLDataType.UUID)),
                    Stream.of(
                                    "own",
                                    "strangers",
                                    "stamped",
                                    "other_dates",
                                    "other_counts",
                                    "other_archives",
                                    "archived",
                                    "least_archive",
                                    "greatest_archive")
                            .map(column -> field(name(column), SQLDataType.BIGINT)))
            .toList();

    private final Map<UUID, Tally> tallies = new HashMap<>();
    private final Map<UUID, Archives> archives = new HashMap<>();

    /** What was counted for one snapshot. */
    private static final class Tally {
        private long rows;
        private long strangers;
        private long otherDates;
        private long otherCounts;
        private final Map<UUID, Long> otherArchives = new TreeMap<>();
    }

    /** The archives that the rows of one origin refer to. */
    private static final class Archives {
        private long rows;
        private long archived;
        private long least = Long.MAX_VALUE;
        private long greatest = Long.MIN_VALUE;

        private Optional<ArchiveId> one() {
            return rows > 0 && archived == rows && least == greatest
                    ? Optional.of(new ArchiveId(least))
                    : Optional.empty();
        }
    }

    private StampedRows() {}

    static List<RowStamps> stamps(
            SqlServerSession session,
            Ledger ledger,
            WindowTables tables,
            SqlServerSession.Moment moment,
            Optional<Partition> partition) {
        WindowStatements statements = new WindowStatements(tables, ledger);
        CurrentSnapshots.share(session, statements, moment);
        String hint = CurrentSnapshots.tableHint(moment);
        StampedRows rows = new StampedRows();
        List<Ledger.Entry> entries = new ArrayList<>();
        for (SnapshotState state : List.of(SnapshotState.CURRENT, SnapshotState.PREVIOUS)) {
            session.dsl()
                    .fetch(statements.stamps(state == SnapshotState.CURRENT, hint, partition))
                    .forEach(rows::add);
            entries.addAll(ledger.entries(session.dsl(), tables.dataset().name(), partition, state));
        }
        return entries.stream().map(rows::stamps).toList();
    }

    private void add(Record row) {
        Tally tally = tallies.computeIfAbsent(row.get("batch_id", UUID.class), batch -> new Tally());
        tally.rows += row.get("own", Long.class);
        tally.strangers += row.get("strangers", Long.class);
        tally.otherDates += row.get("other_dates", Long.class);
        tally.otherCounts += row.get("other_counts", Long.class);
        UUID origin = row.get("origin", UUID.class);
        long stamped = row.get("stamped", Long.class);
        if (origin == null || stamped == 0) {
            return;
        }
        tally.otherArchives.merge(origin, row.get("other_archives", Long.class), Long::sum);
        Archives there = archives.computeIfAbsent(origin, batch -> new Archives());
        there.rows += stamped;
        long archived = row.get("archived", Long.class);
        if (archived > 0) {
            there.archived += archived;
            there.least = Math.min(there.least, row.get("least_archive", Long.class));
            there.greatest = Math.max(there.greatest, row.get("greatest_archive", Long.class));
        }
    }

    private RowStamps stamps(Ledger.Entry entry) {
        UUID batch = entry.id().value();
        Tally tally = tallies.getOrDefault(batch, new Tally());
        List<RowStamps.Earlier> earlier = tally.otherArchives.entrySet().stream()
                .filter(origin -> !origin.getKey().equals(batch))
                .map(origin ->
                        new RowStamps.Earlier(new SnapshotId(origin.getKey()), origin.getValue(), one(origin.getKey())))
                .toList();
        return new RowStamps(
                entry.snapshot(),
                tally.rows,
                tally.strangers,
                tally.otherDates,
                tally.otherCounts,
                tally.otherArchives.getOrDefault(batch, 0L),
                one(batch),
                earlier);
    }

    private Optional<ArchiveId> one(UUID origin) {
        return Optional.ofNullable(archives.get(origin)).flatMap(Archives::one);
    }
}
