package io.hybridsnapshot.parquet;

import io.hybridsnapshot.parquet.ColumnEncoder.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets a few threads work on the columns of a file. Columns do not depend on each other, so the file's bytes are the
 * same for any number of threads. Each thread takes the next column until none is left: one lane. The caller's thread
 * is a lane, the others are threads of the common pool. Every lane has a workspace, made when the lane is first used.
 *
 * <p>For one calling thread. {@link #close} frees the workspaces.
 */
final class ColumnLanes implements AutoCloseable {
    /** More lanes would wait for the reading of rows. */
    private static final int MOST_LANES = 4;

    /** What is done with one column. */
    @FunctionalInterface
    interface Work {
        /** Works on the column of this index in the workspace of the lane. */
        void on(int column, Workspace workspace) throws IOException;
    }

    private final int columns;
    private final ParquetSettings settings;
    private final int lanes;
    private final List<Workspace> workspaces = new ArrayList<>();

    /** Lanes for a number of threads, up to four. */
    ColumnLanes(int columns, ParquetSettings settings, int threads) {
        this.columns = columns;
        this.settings = settings;
        this.lanes = Math.max(1, Math.min(Math.min(MOST_LANES, threads), columns));
    }

    /** Returns the threads that this machine has for the columns of a file. */
    static int usualThreads() {
        return Math.min(Runtime.getRuntime().availableProcessors(), ForkJoinPool.getCommonPoolParallelism() + 1);
    }

    /** Works on every column in the caller's thread. */
    void inTurn(Work work) throws IOException {
        Workspace workspace = workspace(0);
        for (int column = 0; column < columns; column++) {
            work.on(column, workspace);
        }
    }

    /**
     * Works on every column, in all lanes. Returns when no thread works any more.
     *
     * @throws IOException the failure of the first column whose work failed; unchecked failures likewise
     */
    void together(Work work) throws IOException {
        if (lanes == 1) {
            inTurn(work);
            return;
        }
        // All are made before a lane begins: one that cannot be made ends the round before it began.
        Workspace own = workspace(0);
        workspace(lanes - 1);
        Round round = new Round(columns, work);
        List<FurtherLane> further = new ArrayList<>(lanes - 1);
        for (int lane = 1; lane < lanes; lane++) {
            further.add(new FurtherLane(round, workspace(lane)));
        }
        round.run(own);
        for (FurtherLane other : further) {
            other.end();
        }
        round.throwFailure();
    }

    private Workspace workspace(int lane) {
        while (workspaces.size() <= lane) {
            workspaces.add(new Workspace(settings));
        }
        return workspaces.get(lane);
    }

    @Override
    public void close() {
        workspaces.forEach(Workspace::close);
        workspaces.clear();
    }

    /** One round over the columns. */
    private static final class Round {
        private final int columns;
        private final Work work;
        private final AtomicInteger next = new AtomicInteger();
        private int failedColumn = Integer.MAX_VALUE;
        private @Nullable Throwable failure;

        Round(int columns, Work work) {
            this.columns = columns;
            this.work = work;
        }

        /** Works on columns until none is left. */
        void run(Workspace workspace) {
            for (int column = next.getAndIncrement(); column < columns; column = next.getAndIncrement()) {
                try {
                    work.on(column, workspace);
                } catch (Throwable e) {
                    fail(column, e);
                }
            }
        }

        /** Lets no lane take another column. Columns before the failed one have been taken already. */
        private synchronized void fail(int column, Throwable thrown) {
            next.set(columns);
            if (column < failedColumn) {
                failedColumn = column;
                failure = thrown;
            }
        }

        private synchronized void throwFailure() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }

    /** A lane of another thread. If the pool has no thread for it in time, it never runs. */
    private static final class FurtherLane {
        private final AtomicBoolean begun = new AtomicBoolean();
        private final ForkJoinTask<?> task;

        FurtherLane(Round round, Workspace workspace) {
            task = ForkJoinPool.commonPool().submit(() -> {
                if (begun.compareAndSet(false, true)) {
                    round.run(workspace);
                }
            });
        }

        void end() {
            if (!begun.compareAndSet(false, true)) {
                task.quietlyJoin();
            }
        }
    }
}
