package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;

/** Redactions over stores in memory. */
class InMemoryRedactionTest extends RedactionContract {
    @Override
    protected WindowStore window() {
        return new InMemoryWindowStore();
    }

    @Override
    protected ArchiveStore archive() {
        return new InMemoryArchiveStore();
    }
}
