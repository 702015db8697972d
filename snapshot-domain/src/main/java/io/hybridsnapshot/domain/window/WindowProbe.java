package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Optional;

/**
 * Rows to be compared with the current snapshot of a partition in the window's database, without writing anything that others see or that
 * outlives the probe. One thread; closed by whoever opened it. All answers are as of one moment, that of the first {@link #delta}.
 */
public interface WindowProbe extends AutoCloseable {
    /** The snapshot that is compared with. */
    Optional<WindowSnapshot> current();

    /** Adds rows; identities have to be unique altogether. Carried columns are not needed. */
    void add(KeyedHashes hashes);

    /** Compares all rows added with the current snapshot, by hash. */
    SnapshotDelta delta();

    @Override
    void close();
}
