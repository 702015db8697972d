package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.contract.WindowStoreContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

class InMemoryWindowStoreTest extends WindowStoreContract {
    private final InMemoryWindowStore store = new InMemoryWindowStore();

    @Override
    protected WindowStore store() {
        return store;
    }

    @Override
    protected Optional<Runnable> sessionBreaker(Dataset dataset, Partition partition) {
        return Optional.of(() -> store.breakLock(dataset, partition));
    }

    @Override
    protected Optional<Map<UUID, List<Optional<String>>>> carriedTexts(Dataset dataset, Partition partition) {
        return Optional.of(store.carriedTexts(dataset, partition));
    }

    @Override
    protected Optional<ForeignStatements> foreignStatements() {
        return Optional.of(new InMemoryStatements(store));
    }
}
