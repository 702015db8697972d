package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;

class InMemoryArchiveStoreTest extends ArchiveStoreContract {
    @Override
    protected ArchiveStore store() {
        return new InMemoryArchiveStore();
    }
}
