package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryStatements;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;

/** Changes over stores in memory. */
class InMemoryChangesLifeCycleTest extends ChangesLifeCycleContract {
    private InMemoryWindowStore window;

    @Override
    protected WindowStore window() {
        window = new InMemoryWindowStore();
        return window;
    }

    @Override
    protected ArchiveStore archive() {
        return new InMemoryArchiveStore();
    }

    @Override
    protected SnapshotCodec codec() {
        return new InMemorySnapshotCodec();
    }

    @Override
    protected ForeignStatements foreign() {
        return new InMemoryStatements(window);
    }
}
