package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.ByteFlipper;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.BytesAtRest;
import io.hybridsnapshot.testkit.contract.ChangeSetStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.util.function.UnaryOperator;

class InMemoryChangeSetsTest extends ChangeSetStoreContract {
    @Override
    protected ArchiveStore store() {
        return new InMemoryArchiveStore();
    }

    @Override
    protected Hook<ByteFlipper> byteFlipper() {
        return Hook.of((store, id, position) -> ((InMemoryArchiveStore) store).flipChangeSetByte(id, position));
    }

    @Override
    protected Hook<BytesAtRest> bytesAtRest() {
        return Hook.of((store, bytes) -> ((InMemoryArchiveStore) store).contains(bytes));
    }

    @Override
    protected Hook<UnaryOperator<ArchiveStore>> reopener() {
        return Hook.of(store -> ((InMemoryArchiveStore) store).reopened());
    }
}
