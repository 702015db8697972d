package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptionKeys;
import io.hybridsnapshot.engine.save.SnapshotLifeCycleContract;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;

/** The life cycle, outbox, crashes and recovery included, with encrypted Parquet files. */
class EncryptedLifeCycleTest extends SnapshotLifeCycleContract {
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();

    private InMemoryWindowStore window;

    @Override
    protected WindowStore window() {
        window = new InMemoryWindowStore();
        return window;
    }

    @Override
    protected Runnable sessionBreaker(Dataset dataset, Partition partition) {
        InMemoryWindowStore breaking = window;
        return () -> breaking.breakLock(dataset, partition);
    }

    @Override
    protected boolean deleteCurrentRows(Dataset dataset, Partition partition, boolean all) {
        window.deleteRows(dataset, partition, identity -> all || identity.getMostSignificantBits() < 0);
        return true;
    }

    @Override
    protected ArchiveStore archive() {
        return new InMemoryArchiveStore();
    }

    @Override
    protected SnapshotCodec codec() {
        return new EncryptingSnapshotCodec(new ParquetSnapshotCodec(), () -> KEYS);
    }
}
