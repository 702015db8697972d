package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The writer of a partition of an {@link InMemoryWindowStore}. Each call is one atomic step of the store. */
final class InMemoryWindowWriter implements WindowWriter {
    private final InMemoryWindowStore store;
    private final Dataset dataset;
    private final InMemoryWindowStore.Place place;
    private final InMemoryWindowStore.Lease lease;
    private final WindowConflicts conflicts;

    InMemoryWindowWriter(
            InMemoryWindowStore store,
            Dataset dataset,
            InMemoryWindowStore.Place place,
            InMemoryWindowStore.Lease lease) {
        this.store = store;
        this.dataset = dataset;
        this.place = place;
        this.lease = lease;
        this.conflicts = new WindowConflicts(place.dataset(), place.partition());
    }

    @Override
    public Optional<WindowSnapshot> current() {
        return store.write(place, lease, ledger -> store.current(place).map(StoredSnapshot::ledgerRow));
    }

    @Override
    public Optional<WindowSnapshot> recorded() {
        return store.write(
                place,
                lease,
                ledger -> InMemoryWindowStore.entered(ledger, place.partition()).map(StoredSnapshot::ledgerRow));
    }

    @Override
    public List<WindowSnapshot> unfinished() {
        // The ledger is in the order of beginning.
        return store.write(
                place,
                lease,
                ledger -> ledger.values().stream()
                        .map(StoredSnapshot::ledgerRow)
                        .filter(row -> row.partition().equals(place.partition())
                                && row.state().isUnfinished())
                        .toList());
    }

    @Override
    public int begin(StagingRequest request) {
        return store.write(place, lease, ledger -> {
            StoredSnapshot known = ledger.get(request.id());
            boolean again = known != null
                    && known.ledgerRow().state() == SnapshotState.UNDONE
                    && known.ledgerRow().partition().equals(place.partition());
            if (known != null && !again) {
                throw conflicts.batchIdKnown(request.id(), null);
            }
            int attempt = again ? known.ledgerRow().attempt() + 1 : 1;
            // To the end, so that the ledger is in the order of beginning.
            ledger.remove(request.id());
            ledger.put(request.id(), store.begin(place, request, attempt));
            return attempt;
        });
    }

    @Override
    public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
        store.write(place, lease, ledger -> {
            own(ledger, id, SnapshotState.STAGING).rows().add(dataset, rows, hashes);
            return id;
        });
    }

    @Override
    public SnapshotDelta delta(SnapshotId id) {
        return store.write(place, lease, ledger -> {
            StoredSnapshot staged = own(ledger, id, SnapshotState.STAGING);
            List<KeyedHashes> before =
                    store.current(place).map(current -> current.rows().hashes()).orElse(List.of());
            return new InMemoryDelta(before, staged.rows().hashes());
        });
    }

    @Override
    public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
        store.write(place, lease, ledger -> {
            own(ledger, id, SnapshotState.STAGING).seal(rowCount, fingerprint);
            return id;
        });
    }

    @Override
    public void awaitArchive(SnapshotId id, String where) {
        store.write(place, lease, ledger -> {
            own(ledger, id, SnapshotState.STAGED).await(where);
            return id;
        });
    }

    @Override
    public Optional<WindowChanges> changes() {
        return Optional.of(new InMemoryWindowChanges(this, dataset));
    }

    /** The current snapshot, if its rows are those that were published and carry the columns of the dataset. */
    Optional<BaseSnapshot> base() {
        return store.current(place)
                .filter(found -> found.ledgerRow().state() == SnapshotState.CURRENT
                        && !found.ledgerRow().isForeign()
                        && found.isAsPublished()
                        && (found.rows().size() == 0 || found.rows().columns().equals(dataset.carriedColumns())))
                .map(found -> new BaseSnapshot(found.id(), found.token()));
    }

    @Override
    public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        return publishIfBased(id, archiveId, keepCount).orElseThrow(() -> conflicts.baseChanged(id));
    }

    /** Publishes a sealed snapshot; empty if it was staged as changes and its base is no longer current. */
    Optional<WindowSnapshot> publishIfBased(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
        KeepCount.require(keepCount);
        return step(ledger -> {
            StoredSnapshot sealed = own(ledger, id, SnapshotState.STAGED);
            Optional<BaseSnapshot> base = sealed.changes().base();
            if (base.isPresent()) {
                if (!base.equals(base())) {
                    return Optional.empty();
                }
                StagedRows current = store.current(place).orElseThrow().rows();
                sealed.replaceRows(sealed.changes().applied(id, current, sealed.rows(), conflicts));
            }
            conflicts.requireAllStaged(
                    id, sealed.rows().size(), sealed.ledgerRow().rowCount());
            store.retire(ledger, place);
            sealed.publish(archiveId, store.now());
            // To the end, so that the ledger is in the order of publishing.
            ledger.remove(id);
            ledger.put(id, sealed);
            store.removeBeyond(dataset, Optional.of(place.partition()), keepCount);
            return Optional.of(sealed.ledgerRow());
        });
    }

    <T> T step(Function<Map<SnapshotId, StoredSnapshot>, T> step) {
        return store.write(place, lease, step);
    }

    @Override
    public void discard(SnapshotId id) {
        store.write(place, lease, ledger -> {
            StoredSnapshot found = ledger.get(id);
            if (found != null
                    && found.ledgerRow().state().isUnfinished()
                    && found.ledgerRow().partition().equals(place.partition())) {
                found.end(SnapshotState.UNDONE);
            }
            return id;
        });
    }

    @Override
    public void takeBack(SnapshotId current, Optional<SnapshotId> predecessor) {
        store.write(place, lease, ledger -> {
            if (store.current(place)
                    .filter(found -> found.ledgerRow().id().equals(Optional.of(current)))
                    .isEmpty()) {
                throw conflicts.notCurrent(current);
            }
            Optional<StoredSnapshot> earlier = predecessor.map(id -> Optional.ofNullable(ledger.get(id))
                    .filter(found -> found.ledgerRow().partition().equals(place.partition()))
                    .filter(found -> found.ledgerRow().state() == SnapshotState.PREVIOUS
                            || found.ledgerRow().state() == SnapshotState.REMOVED)
                    .orElseThrow(() -> conflicts.notEarlier(id)));
            ledger.get(current).end(SnapshotState.UNDONE);
            earlier.ifPresent(found -> store.bringBack(ledger, place, found));
            return current;
        });
    }

    @Override
    public void close() {
        store.release(place, lease);
    }

    StoredSnapshot own(Map<SnapshotId, StoredSnapshot> ledger, SnapshotId id, SnapshotState expected) {
        Optional<StoredSnapshot> found = Optional.ofNullable(ledger.get(id))
                .filter(entry -> entry.ledgerRow().partition().equals(place.partition()));
        conflicts.requireState(id, found.map(StoredSnapshot::ledgerRow), expected);
        return found.orElseThrow();
    }
}
