package io.hybridsnapshot.engine.tables;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.pass.Interruption;
import io.hybridsnapshot.engine.internal.pass.PrefetchedRowStream;
import io.hybridsnapshot.engine.internal.pass.ReadProgress;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.tables.KeySearch;
import io.hybridsnapshot.engine.internal.tables.TypedTable;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a table that no dataset describes. Uses no store of the environment. Memory is bounded by the environment's
 * rows in memory. Stateless; any number of threads may inspect at once.
 */
public final class InspectTable {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment; its stores are not opened. */
    public InspectTable(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Reads all rows of a table, and the columns that may be a key again.
     *
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the table cannot be read; UNAVAILABLE
     *     if the thread is interrupted, whose interrupt flag is then set
     */
    public TableProfile inspect(RowSource table) {
        return inspect(table, Progress.NONE);
    }

    /** Reads all rows of a table as {@link #inspect(RowSource)} does, and reports how far the readings have come. */
    public TableProfile inspect(RowSource table, Progress progress) {
        return Interruption.keepingFlag(() -> inspected(table, progress));
    }

    private TableProfile inspected(RowSource table, Progress progress) {
        TypedTable typed = TypedTable.of(table, Optional.empty(), progress);
        long[] nulls = new long[typed.schema().size()];
        long count = 0;
        Optional<String> remark;
        ReadProgress reading = new ReadProgress(progress, Progress.Step.READING);
        try (RowStream rows = PrefetchedRowStream.open(() -> typed.open(ReadOptions.ALL.withListener(reading)))) {
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                count += batch.rowCount();
                reading.add(batch.rowCount());
                for (int column = 0; column < nulls.length; column++) {
                    nulls[column] += nulls(batch.vector(column), batch.rowCount());
                }
            }
            remark = rows.remark();
        }
        List<TableProfile.OfColumn> columns = new ArrayList<>();
        for (int column = 0; column < nulls.length; column++) {
            columns.add(new TableProfile.OfColumn(typed.schema().column(column), nulls[column]));
        }
        try (Scratch scratch = Scratch.in(environment.workDirectory());
                RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory())) {
            return new TableProfile(
                    count,
                    columns,
                    KeySearch.over(List.of(typed), hashing, progress).keys(),
                    remark);
        }
    }

    private static long nulls(ColumnVector vector, int rows) {
        long nulls = 0;
        for (int from = 0; from < rows; from += Long.SIZE) {
            int count = Math.min(Long.SIZE, rows - from);
            nulls += count - Long.bitCount(vector.presentBits(from, count));
        }
        return nulls;
    }
}
