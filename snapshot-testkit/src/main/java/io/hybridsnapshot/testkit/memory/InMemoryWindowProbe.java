package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.List;
import java.util.Optional;

/** A probe of an {@link InMemoryWindowStore}. It reads the current snapshot once, at its first delta. */
final class InMemoryWindowProbe implements WindowProbe {
    private final InMemoryWindowStore store;
    private final InMemoryWindowStore.Place place;
    private final StagedRows rows = new StagedRows();
    private Optional<StoredSnapshot> compared = Optional.empty();
    private boolean looked;

    InMemoryWindowProbe(InMemoryWindowStore store, InMemoryWindowStore.Place place) {
        this.store = store;
        this.place = place;
    }

    @Override
    public Optional<WindowSnapshot> current() {
        return (looked ? compared : store.current(place)).map(StoredSnapshot::ledgerRow);
    }

    @Override
    public void add(KeyedHashes hashes) {
        rows.add(hashes);
    }

    @Override
    public SnapshotDelta delta() {
        if (!looked) {
            compared = store.current(place);
            looked = true;
        }
        return new InMemoryDelta(
                compared.map(snapshot -> snapshot.rows().hashes()).orElse(List.of()), rows.hashes());
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
