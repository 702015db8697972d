package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * A {@link WindowStore} that keeps every row in memory, for tests and trials. Safe to share between threads; every method is atomic. It
 * keeps nothing beyond the process.
 */
public final class InMemoryWindowStore implements WindowStore {
    private final Clock clock;
    private final ReentrantLock guard = new ReentrantLock();
    private final Condition released = guard.newCondition();
    private final Map<String, Map<SnapshotId, StoredSnapshot>> ledgers = new HashMap<>();
    private final Map<Place, Lease> leases = new HashMap<>();

    /** An empty store with the system's clock. */
    public InMemoryWindowStore() {
        this(Clock.systemUTC());
    }

    /** An empty store that dates the start and the publishing of snapshots by this clock. */
    public InMemoryWindowStore(Clock clock) {
        this.clock = clock;
    }

    /** A partition of a dataset. */
    record Place(String dataset, Partition partition) {}

    /** The right to write to a partition; the writer that holds it is the one whose lease is entered. */
    static final class Lease {
        private final String holder;

        Lease(String holder) {
            this.holder = holder;
        }
    }

    @Override
    public void prepare(Dataset dataset) {
        guard.lock();
        try {
            // As in the databases, whose tables' names know no case.
            for (String other : ledgers.keySet()) {
                if (other.equalsIgnoreCase(dataset.name()) && !other.equals(dataset.name())) {
                    throw SnapshotException.invalidRequest("two datasets' names differ only in case")
                            .actual("'" + dataset.name() + "' beside '" + other + "'")
                            .expected("names that differ in more than upper and lower case")
                            .nextStep("give dataset '" + dataset.name() + "' another name")
                            .build();
                }
            }
            ledgers.computeIfAbsent(dataset.name(), name -> new LinkedHashMap<>());
        } finally {
            guard.unlock();
        }
    }

    @Override
    public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
        Place place = new Place(dataset.name(), partition.requireNamed());
        long patience = request.patience().toNanos();
        guard.lock();
        try {
            requirePrepared(dataset);
            while (leases.containsKey(place)) {
                if (patience <= 0) {
                    throw SnapshotException.conflict("the partition is being written by another")
                            .where(dataset.name() + ", partition '" + partition + "'")
                            .actual("writer '" + leases.get(place).holder + "' after waiting for " + request.patience())
                            .nextStep("wait for it to end, or allow more time")
                            .build();
                }
                patience = released.awaitNanos(patience);
            }
            Lease lease = new Lease(request.holder());
            leases.put(place, lease);
            return new InMemoryWindowWriter(this, dataset, place, lease);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SnapshotException.unavailable("interrupted while waiting for a partition")
                    .where(dataset.name() + ", partition '" + partition + "'")
                    .cause(e)
                    .build();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public WindowProbe openProbe(Dataset dataset, Partition partition) {
        return new InMemoryWindowProbe(this, new Place(dataset.name(), partition));
    }

    @Override
    public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
        return current(new Place(dataset.name(), partition)).map(StoredSnapshot::ledgerRow);
    }

    @Override
    public Optional<WindowSnapshot> find(Dataset dataset, SnapshotId id) {
        guard.lock();
        try {
            return Optional.ofNullable(ledger(dataset.name()).get(id)).map(StoredSnapshot::ledgerRow);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<WindowSnapshot> snapshots(Dataset dataset, Optional<Partition> partition) {
        guard.lock();
        try {
            List<WindowSnapshot> visible = new ArrayList<>();
            for (StoredSnapshot snapshot : ledger(dataset.name()).values()) {
                WindowSnapshot row = snapshot.ledgerRow();
                if (row.state().isVisible()
                        && partition.map(row.partition()::equals).orElse(true)) {
                    visible.add(row);
                }
            }
            // The ledger is in the order of publishing; the sort is stable, so that equal dates stay newest first.
            Collections.reverse(visible);
            visible.sort(
                    Comparator.comparing((WindowSnapshot row) -> row.partition().name())
                            .thenComparing(WindowSnapshot::date, Comparator.reverseOrder()));
            return visible;
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<WindowSnapshot> unfinished(Dataset dataset) {
        guard.lock();
        try {
            // The ledger is in the order of beginning; the sort is stable.
            return ledger(dataset.name()).values().stream()
                    .map(StoredSnapshot::ledgerRow)
                    .filter(row -> !row.state().isVisible())
                    .sorted(Comparator.comparing(row -> row.partition().name()))
                    .toList();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        guard.lock();
        try {
            StoredSnapshot stored =
                    snapshot.id().map(ledger(dataset.name())::get).orElse(null);
            if (stored == null || !stored.ledgerRow().state().isVisible()) {
                throw SnapshotException.conflict("the snapshot is no longer in the window")
                        .where(dataset.name() + ", partition '" + snapshot.partition() + "'")
                        .actual("no snapshot "
                                + snapshot.id().map(SnapshotId::toString).orElse("of a foreign writer"))
                        .nextStep("read it from the archive, or take the current one")
                        .build();
            }
            Iterator<KeyedHashes> batches = stored.rows().hashes().iterator();
            return new KeyedRowStream() {
                @Override
                public Optional<KeyedHashes> next() {
                    return batches.hasNext() ? Optional.of(batches.next()) : Optional.empty();
                }

                @Override
                public void close() {
                    // Nothing is held.
                }
            };
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        guard.lock();
        try {
            StoredSnapshot stored = ledger(dataset.name()).get(id);
            if (stored == null || !stored.ledgerRow().state().isVisible()) {
                throw SnapshotException.conflict("the snapshot to be linked is not in the window")
                        .where(dataset.name())
                        .actual("no visible snapshot " + id)
                        .nextStep("nothing refers to archive " + archiveId + "; it stays in the archive")
                        .build();
            }
            Optional<ArchiveId> linked = stored.ledgerRow().archiveId();
            if (linked.isPresent() && !linked.get().equals(archiveId)) {
                throw SnapshotException.conflict("the snapshot refers to another archive")
                        .where(dataset.name() + ", snapshot " + id)
                        .actual("archive " + linked.get())
                        .expected("archive " + archiveId + " or none")
                        .nextStep("verify which of the two archives holds this snapshot")
                        .build();
            }
            stored.link(archiveId);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        requireKeepCount(keepCount);
        List<WindowSnapshot> beyond = new ArrayList<>();
        Map<Partition, Integer> kept = new HashMap<>();
        for (WindowSnapshot snapshot : snapshots(dataset, partition)) {
            if (kept.merge(snapshot.partition(), 1, Integer::sum) > keepCount) {
                beyond.add(snapshot);
            }
        }
        return beyond;
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        guard.lock();
        try {
            List<WindowSnapshot> removed = beyond(dataset, partition, keepCount);
            removed.forEach(
                    snapshot -> ledger(dataset.name()).remove(snapshot.id().orElseThrow()));
            return removed;
        } finally {
            guard.unlock();
        }
    }

    /**
     * Takes the lock of a partition from the writer that holds it, as the death of its session would; the writer gets CONFLICT from then
     * on. A no-op where nobody writes.
     */
    public void breakLock(Dataset dataset, Partition partition) {
        guard.lock();
        try {
            leases.remove(new Place(dataset.name(), partition));
            released.signalAll();
        } finally {
            guard.unlock();
        }
    }

    /**
     * The texts that the current snapshot carries: by identity, in the order of the dataset's carried columns, empty for NULL. No rows
     * where there is no current snapshot.
     */
    public Map<UUID, List<Optional<String>>> carriedTexts(Dataset dataset, Partition partition) {
        return current(new Place(dataset.name(), partition))
                .map(snapshot -> snapshot.rows().carriedTexts())
                .orElse(Map.of());
    }

    /** Runs a step of a writer, whole or not at all, if the writer still has its lock. */
    <T> T write(Place place, Lease lease, Function<Map<SnapshotId, StoredSnapshot>, T> step) {
        guard.lock();
        try {
            if (leases.get(place) != lease) {
                throw SnapshotException.conflict("the writer has lost its partition")
                        .where(place.dataset() + ", partition '" + place.partition() + "'")
                        .actual(leases.containsKey(place) ? "writer '" + leases.get(place).holder + "'" : "no writer")
                        .expected("writer '" + lease.holder + "'")
                        .nextStep("start again; nothing of this snapshot is visible")
                        .build();
            }
            return step.apply(ledger(place.dataset()));
        } finally {
            guard.unlock();
        }
    }

    void release(Place place, Lease lease) {
        guard.lock();
        try {
            if (leases.remove(place, lease)) {
                released.signalAll();
            }
        } finally {
            guard.unlock();
        }
    }

    Optional<StoredSnapshot> current(Place place) {
        guard.lock();
        try {
            return current(ledger(place.dataset()), place.partition());
        } finally {
            guard.unlock();
        }
    }

    static Optional<StoredSnapshot> current(Map<SnapshotId, StoredSnapshot> ledger, Partition partition) {
        return ledger.values().stream()
                .filter(snapshot -> snapshot.ledgerRow().partition().equals(partition)
                        && snapshot.ledgerRow().state() == SnapshotState.CURRENT)
                .findFirst()
                // A copy, so that what was found stays as it was.
                .map(StoredSnapshot::copy);
    }

    StoredSnapshot begin(Place place, StagingRequest request) {
        return StoredSnapshot.begin(place, request, now());
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    static void requireKeepCount(int keepCount) {
        if (keepCount < 1) {
            throw SnapshotException.invalidRequest("the window would keep no snapshot")
                    .actual("keep count " + keepCount)
                    .expected("at least 1")
                    .nextStep("give a keep count of 1 or more")
                    .build();
        }
    }

    private Map<SnapshotId, StoredSnapshot> ledger(String dataset) {
        Map<SnapshotId, StoredSnapshot> ledger = ledgers.get(dataset);
        return ledger == null ? Map.of() : ledger;
    }

    private void requirePrepared(Dataset dataset) {
        if (!ledgers.containsKey(dataset.name())) {
            throw SnapshotException.invalidRequest("the dataset was never prepared")
                    .where(dataset.name())
                    .nextStep("prepare it before the first snapshot")
                    .build();
        }
    }
}
