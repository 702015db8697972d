package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptionKeys;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;

/** The life cycle, outbox, crashes and recovery included, with encrypted Parquet files. */
class EncryptedLifeCycleTest extends SnapshotLifeCycleContract {
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();

    @Override
    protected WindowStore window() {
        return new InMemoryWindowStore();
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
