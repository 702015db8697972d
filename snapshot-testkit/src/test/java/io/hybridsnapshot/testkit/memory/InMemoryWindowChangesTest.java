package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.contract.WindowChangesContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.Optional;

class InMemoryWindowChangesTest extends WindowChangesContract {
    private final InMemoryWindowStore store = new InMemoryWindowStore();

    @Override
    protected WindowStore store() {
        return store;
    }

    @Override
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new InMemoryStatements(store));
    }

    @Override
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.of(() -> store.breakLock(dataset, partition));
    }
}
