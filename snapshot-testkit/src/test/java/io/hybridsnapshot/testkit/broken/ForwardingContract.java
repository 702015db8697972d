package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.util.function.UnaryOperator;

/** The archive's contract with all hooks into a {@link ForwardingArchiveStore}. */
abstract class ForwardingContract extends ArchiveStoreContract {
    @Override
    protected abstract ForwardingArchiveStore store();

    /** The store in memory keeps all files alike. */
    @Override
    protected int largeFile() {
        return 70_000;
    }

    @Override
    protected Hook<ByteFlipper> byteFlipper() {
        return Hook.of((store, id, position) -> ((ForwardingArchiveStore) store).right.flipByte(id, position));
    }

    @Override
    protected Hook<BytesAtRest> bytesAtRest() {
        return Hook.of((store, bytes) -> ((ForwardingArchiveStore) store).contains(bytes));
    }

    @Override
    protected Hook<UnaryOperator<ArchiveStore>> reopener() {
        return Hook.of(store -> {
            ((ForwardingArchiveStore) store).reopen();
            return store;
        });
    }
}
