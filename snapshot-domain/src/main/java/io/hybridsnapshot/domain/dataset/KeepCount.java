package io.hybridsnapshot.domain.dataset;

import io.hybridsnapshot.domain.error.SnapshotException;

/**
 * The number of snapshots of a partition that a window keeps, the current one included. Datasets, retention rules and
 * the window's stores check it here. Stateless.
 */
public final class KeepCount {
    /** The smallest keep count: the current snapshot alone. */
    public static final int LEAST = 1;

    private KeepCount() {}

    /**
     * Returns the keep count.
     *
     * @throws SnapshotException INVALID_REQUEST if it is below {@link #LEAST}
     */
    public static int require(int keepCount) {
        if (keepCount < LEAST) {
            throw refused(keepCount).build();
        }
        return keepCount;
    }

    /**
     * Returns the keep count of a dataset.
     *
     * @throws SnapshotException INVALID_REQUEST naming the dataset if it is below {@link #LEAST}
     */
    public static int require(int keepCount, String dataset) {
        if (keepCount < LEAST) {
            throw refused(keepCount).where("dataset '" + dataset + "'").build();
        }
        return keepCount;
    }

    private static SnapshotException.Builder refused(int keepCount) {
        return SnapshotException.invalidRequest("the window would keep no snapshot")
                .actual("keep count " + keepCount)
                .expected("at least " + LEAST)
                .nextStep("correct the keep count");
    }
}
