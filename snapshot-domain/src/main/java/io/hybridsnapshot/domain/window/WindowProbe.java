package io.hybridsnapshot.domain.window;

import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import java.util.Optional;

/**
 * Compares rows with the current snapshot of a partition, in the window's database. A probe writes nothing that others
 * see or that outlives the probe. All answers are as of one moment, that of the first {@link #delta}. One thread; the
 * caller that opened the probe closes it.
 */
public interface WindowProbe extends AutoCloseable {
    /** Returns the snapshot that the rows are compared with. */
    Optional<WindowSnapshot> current();

    /** Adds rows. Identities have to be unique across all calls; carried columns are not needed. */
    void add(KeyedHashes hashes);

    /** Compares all added rows with the current snapshot, by hash. */
    SnapshotDelta delta();

    @Override
    void close();
}
