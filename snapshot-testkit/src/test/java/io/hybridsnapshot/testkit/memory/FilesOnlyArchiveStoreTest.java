package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The facts about capabilities are skipped. */
class FilesOnlyArchiveStoreTest extends ArchiveStoreContract {
    private InMemoryArchiveStore files;

    @Override
    protected ArchiveStore store() {
        files = new InMemoryArchiveStore();
        return new FilesOnlyArchiveStore(files);
    }

    @Override
    protected int largeFile() {
        return 70_000;
    }

    @Override
    protected Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    protected Hook<ByteFlipper> byteFlipper() {
        return Hook.of((store, id, position) -> files.flipByte(id, position));
    }

    @Override
    protected Hook<BytesAtRest> bytesAtRest() {
        return Hook.of((store, bytes) -> files.contains(bytes));
    }

    @Override
    protected Hook<UnaryOperator<ArchiveStore>> reopener() {
        return Hook.of(store -> {
            files = files.reopened();
            return new FilesOnlyArchiveStore(files);
        });
    }
}
