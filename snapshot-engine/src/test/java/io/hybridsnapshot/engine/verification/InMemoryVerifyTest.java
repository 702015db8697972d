package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryStatements;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;

/** Verifying stores in memory. */
class InMemoryVerifyTest extends VerifySnapshotsContract {
    private final InMemoryWindowStore window = new InMemoryWindowStore();

    @Override
    protected WindowStore window() {
        return window;
    }

    @Override
    protected ForeignStatements foreignStatements() {
        return new InMemoryStatements(window);
    }

    @Override
    protected ArchiveStore archive() {
        return new InMemoryArchiveStore();
    }

    @Override
    protected SnapshotCodec codec() {
        return new InMemorySnapshotCodec();
    }
}
