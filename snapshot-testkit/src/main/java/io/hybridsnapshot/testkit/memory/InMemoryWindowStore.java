package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.StoredHash;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowConflicts;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A {@link WindowStore} that keeps every row in memory, for tests and trials. Safe to share between threads; every
 * method is atomic. The rows are lost when the process ends.
 */
public final class InMemoryWindowStore implements WindowStore {
    private final Clock clock;
    private final Optional<ZoneId> foreignZone;
    private final ReentrantLock guard;
    private final Condition released;
    private final Map<String, Map<SnapshotId, StoredSnapshot>> ledgers;
    private final Map<Place, Lease> leases;
    private final Map<Place, StoredSnapshot> foreign;

    /** An empty store with the system's clock. */
    public InMemoryWindowStore() {
        this(Clock.systemUTC());
    }

    /** An empty store that dates the start and the publishing of snapshots by this clock. */
    public InMemoryWindowStore(Clock clock) {
        this.clock = clock;
        this.foreignZone = Optional.empty();
        this.guard = new ReentrantLock();
        this.released = guard.newCondition();
        this.ledgers = new HashMap<>();
        this.leases = new HashMap<>();
        this.foreign = new HashMap<>();
    }

    /** The store of the same rows that reads the dates of foreign ones in a zone. */
    private InMemoryWindowStore(InMemoryWindowStore same, ZoneId foreignZone) {
        this.clock = same.clock;
        this.foreignZone = Optional.of(foreignZone);
        this.guard = same.guard;
        this.released = same.released;
        this.ledgers = same.ledgers;
        this.leases = same.leases;
        this.foreign = same.foreign;
    }

    @Override
    public InMemoryWindowStore withForeignZone(ZoneId zone) {
        return new InMemoryWindowStore(this, zone);
    }

    /** A partition of a dataset. */
    record Place(String dataset, Partition partition) {}

    /** The right to write to a partition. The partition's writer is the one that holds the registered lease. */
    static final class Lease {
        private final String holder;

        Lease(String holder) {
            this.holder = holder;
        }
    }

    @Override
    public List<String> datasets() {
        guard.lock();
        try {
            return ledgers.entrySet().stream()
                    .filter(ledger -> !ledger.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public void prepare(Dataset dataset) {
        guard.lock();
        try {
            // As in the databases, where names of tables are case-insensitive.
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
            requirePrepared(dataset, partition);
            while (leases.containsKey(place)) {
                if (patience <= 0) {
                    throw new WindowConflicts(dataset.name(), partition)
                            .held(Optional.of(leases.get(place).holder), request.patience());
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
    public Optional<WindowSnapshot> findAddedTo(Dataset dataset, Partition partition) {
        guard.lock();
        try {
            return entered(ledger(dataset.name()), partition)
                    .filter(ours -> foreign.containsKey(new Place(dataset.name(), partition)))
                    .filter(ours -> ours.rows().size() == ours.ledgerRow().rowCount())
                    .map(StoredSnapshot::ledgerRow);
        } finally {
            guard.unlock();
        }
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
            Set<Place> places = new LinkedHashSet<>();
            for (StoredSnapshot snapshot : ledger(dataset.name()).values()) {
                WindowSnapshot row = snapshot.ledgerRow();
                if (row.state() == SnapshotState.PREVIOUS) {
                    visible.add(row);
                } else if (row.state() == SnapshotState.CURRENT) {
                    places.add(new Place(dataset.name(), row.partition()));
                }
            }
            foreign.keySet().stream()
                    .filter(place -> place.dataset().equals(dataset.name()))
                    .forEach(places::add);
            places.forEach(place -> current(place).ifPresent(current -> visible.add(current.ledgerRow())));
            visible.removeIf(row -> !partition.map(row.partition()::equals).orElse(true));
            // The ledger is in the order of publishing; the sort is stable, so that equal dates stay newest first.
            Collections.reverse(visible);
            visible.sort(
                    Comparator.comparing((WindowSnapshot row) -> row.partition().name())
                            .thenComparing(row -> row.state() == SnapshotState.PREVIOUS)
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
                    .filter(row -> row.state().isUnfinished())
                    .sorted(Comparator.comparing(row -> row.partition().name()))
                    .toList();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<WindowSnapshot> undone(Dataset dataset, Optional<Partition> partition) {
        guard.lock();
        try {
            return ledger(dataset.name()).values().stream()
                    .map(StoredSnapshot::ledgerRow)
                    .filter(row -> partition.map(row.partition()::equals).orElse(true))
                    .filter(row -> row.attempt() > 1
                            || row.state() == SnapshotState.UNDONE
                                    && row.fingerprint().isPresent())
                    .toList();
        } finally {
            guard.unlock();
        }
    }

    @Override
    public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
        guard.lock();
        try {
            StoredSnapshot stored = stored(dataset, snapshot).orElse(null);
            if (stored == null) {
                throw WindowConflicts.gone(dataset.name(), snapshot.id());
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
    public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
        guard.lock();
        try {
            return Optional.of(stored(dataset, snapshot)
                    .orElseThrow(() -> WindowConflicts.gone(dataset.name(), snapshot.id()))
                    .rows()
                    .openCarried(dataset.carriedColumns()));
        } finally {
            guard.unlock();
        }
    }

    /** A visible snapshot with all its rows. */
    private Optional<StoredSnapshot> stored(Dataset dataset, WindowSnapshot wanted) {
        Optional<StoredSnapshot> current = current(new Place(dataset.name(), wanted.partition()))
                .filter(found -> found.ledgerRow().isSameAs(wanted));
        current.map(StoredSnapshot::ledgerRow)
                .ifPresent(new WindowConflicts(dataset.name(), wanted.partition())::requireComplete);
        return current.isPresent()
                ? current
                : wanted.id()
                        .map(ledger(dataset.name())::get)
                        .filter(found -> found.ledgerRow().state() == SnapshotState.PREVIOUS);
    }

    @Override
    public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
        guard.lock();
        try {
            return ledger(dataset.name()).values().stream()
                    .filter(snapshot -> snapshot.ledgerRow().state().isVisible())
                    .filter(snapshot -> partition
                            .map(snapshot.ledgerRow().partition()::equals)
                            .orElse(true))
                    .map(this::stamps)
                    .toList();
        } finally {
            guard.unlock();
        }
    }

    private RowStamps stamps(StoredSnapshot snapshot) {
        WindowSnapshot row = snapshot.ledgerRow();
        long strangers = row.state() == SnapshotState.CURRENT
                ? Optional.ofNullable(foreign.get(new Place(row.dataset(), row.partition())))
                        .map(others -> others.rows().size())
                        .orElse(0L)
                : 0;
        return snapshot.rowStamps(strangers);
    }

    @Override
    public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
        guard.lock();
        try {
            StoredSnapshot stored = ledger(dataset.name()).get(id);
            if (stored == null || !stored.ledgerRow().state().isVisible()) {
                throw WindowConflicts.gone(dataset.name(), Optional.of(id));
            }
            WindowSnapshot entry = stored.ledgerRow();
            entry.archiveId()
                    .ifPresent(linked -> new WindowConflicts(dataset.name(), entry.partition())
                            .requireSameArchive(id, linked, archiveId));
            stored.link(archiveId);
        } finally {
            guard.unlock();
        }
    }

    @Override
    public List<WindowSnapshot> removeBeyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
        guard.lock();
        try {
            List<WindowSnapshot> removed = beyond(dataset, partition, keepCount);
            removed.forEach(snapshot -> {
                SnapshotId id = snapshot.id().orElseThrow();
                if (ledger(dataset.name()).get(id).isRetiredForeign()) {
                    ledger(dataset.name()).remove(id);
                } else {
                    ledger(dataset.name()).get(id).end(SnapshotState.REMOVED);
                }
            });
            return removed;
        } finally {
            guard.unlock();
        }
    }

    /**
     * Takes the lock of a partition from the writer that holds it, as the death of its session would. From then on the
     * writer's calls fail with CONFLICT. A no-op if the partition has no writer.
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
     * The texts that the current snapshot carries, by identity and in the order of the dataset's carried columns. A
     * NULL is an empty value. Without a current snapshot the map is empty.
     */
    public Map<UUID, List<Optional<String>>> carriedTexts(Dataset dataset, Partition partition) {
        return current(new Place(dataset.name(), partition))
                .map(snapshot -> snapshot.rows().carriedTexts())
                .orElse(Map.of());
    }

    /** Runs an atomic step of a writer, if the writer still has its lock. */
    <T> T write(Place place, Lease lease, Function<Map<SnapshotId, StoredSnapshot>, T> step) {
        guard.lock();
        try {
            if (leases.get(place) != lease) {
                throw new WindowConflicts(place.dataset(), place.partition())
                        .lockLost(
                                leases.containsKey(place)
                                        ? "writer '" + leases.get(place).holder + "' has it"
                                        : "no writer has it",
                                "writer '" + lease.holder + "'",
                                null);
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
            Optional<StoredSnapshot> ours = entered(ledger(place.dataset()), place.partition());
            Optional<StoredSnapshot> theirs = Optional.ofNullable(foreign.get(place));
            boolean isOurs = theirs.isEmpty()
                    && ours.filter(found ->
                                    found.rows().size() == found.ledgerRow().rowCount())
                            .isPresent();
            if (isOurs) {
                // A copy, so that the returned snapshot does not change later.
                return ours.map(StoredSnapshot::copy);
            }
            if (theirs.isEmpty() && ours.isPresent()) {
                return ours.map(StoredSnapshot::incompleteCopy);
            }
            StagedRows rows = Stream.concat(ours.stream(), theirs.stream())
                    .map(StoredSnapshot::rows)
                    .reduce(new StagedRows(), StagedRows::with);
            return Stream.concat(ours.stream(), theirs.stream())
                    .map(found -> found.ledgerRow().date())
                    .max(Comparator.naturalOrder())
                    .filter(date -> rows.size() > 0)
                    .map(date -> StoredSnapshot.foreign(place, SnapshotDates.ofForeignClock(date, foreignZone), rows));
        } finally {
            guard.unlock();
        }
    }

    /** The ledger's entry of a partition that is CURRENT. */
    static Optional<StoredSnapshot> entered(Map<SnapshotId, StoredSnapshot> ledger, Partition partition) {
        return ledger.values().stream()
                .filter(snapshot -> snapshot.ledgerRow().partition().equals(partition)
                        && snapshot.ledgerRow().state() == SnapshotState.CURRENT)
                .findFirst();
    }

    /** Turns the current snapshot into a previous one, including a foreign snapshot. Runs within a step of a writer. */
    void retire(Map<SnapshotId, StoredSnapshot> ledger, Place place) {
        Optional<StoredSnapshot> current = current(place);
        Optional<StoredSnapshot> ours = entered(ledger, place.partition());
        if (current.filter(found -> found.ledgerRow().state() == SnapshotState.CURRENT
                        && found.ledgerRow().id().isPresent())
                .isPresent()) {
            ours.orElseThrow().retire();
            return;
        }
        // Its rows are no longer there, or not all of them.
        ours.ifPresent(lost -> lost.end(SnapshotState.REMOVED));
        current = current.filter(found -> found.ledgerRow().isForeign());
        foreign.remove(place);
        current.map(found -> found.retiredForeign(place)).ifPresent(retired -> ledger.put(retired.id(), retired));
    }

    /**
     * Makes an earlier snapshot the current one again. A snapshot made by a foreign writer becomes a foreign one again.
     * Runs within a step of a writer.
     */
    void bringBack(Map<SnapshotId, StoredSnapshot> ledger, Place place, StoredSnapshot earlier) {
        if (earlier.isRetiredForeign()) {
            ledger.remove(earlier.id());
            foreign.put(place, StoredSnapshot.foreign(place, earlier.ledgerRow().date(), earlier.rows()));
        } else {
            earlier.bringBack();
        }
    }

    // Foreign changes to the current table

    /**
     * Puts a foreign writer's rows in the place of a partition's, as its DELETE and INSERT do; a no-op for the ledger.
     *
     * @param date the rows' date
     * @param hashes row hashes in any form, by identity
     */
    public void replaceRows(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        deleteRows(dataset, partition, identity -> true);
        addRows(dataset, partition, date, hashes);
    }

    /** Adds a foreign writer's rows to those of a partition, in the place of other such ones. */
    public void addRows(Dataset dataset, Partition partition, Instant date, Map<UUID, String> hashes) {
        KeyedHashes keyed = new KeyedHashes(hashes.size());
        hashes.forEach((identity, hash) ->
                StoredHash.append(keyed, identity.getMostSignificantBits(), identity.getLeastSignificantBits(), hash));
        StagedRows rows = new StagedRows();
        rows.addForeign(dataset, keyed);
        guard.lock();
        try {
            Place place = new Place(dataset.name(), partition);
            foreign.put(place, StoredSnapshot.foreign(place, date, rows));
        } finally {
            guard.unlock();
        }
    }

    /** Deletes rows of a partition's current ones, as a statement that knows no ledger. */
    public void deleteRows(Dataset dataset, Partition partition, Predicate<UUID> goes) {
        changeRows(dataset, partition, current -> current.keepRows(goes.negate()));
        guard.lock();
        try {
            Place place = new Place(dataset.name(), partition);
            Optional.ofNullable(foreign.remove(place)).ifPresent(found -> {
                found.keepRows(goes.negate());
                if (found.rows().size() > 0) {
                    foreign.put(
                            place,
                            StoredSnapshot.foreign(place, found.ledgerRow().date(), found.rows()));
                }
            });
        } finally {
            guard.unlock();
        }
    }

    /**
     * Changes the stamps of rows of a partition's current snapshot. An empty argument leaves its stamp unchanged; NULL
     * means no stamp.
     */
    public void stampRows(
            Dataset dataset,
            Partition partition,
            Collection<UUID> identities,
            Optional<Instant> date,
            OptionalLong rowCount,
            Optional<ArchiveId> archive) {
        changeRows(
                dataset,
                partition,
                current -> identities.forEach(identity -> current.restamp(
                        identity,
                        before -> new StoredSnapshot.Stamps(
                                date.orElse(before.date()),
                                rowCount.orElse(before.rowCount()),
                                archive.or(before::archive)))));
    }

    /** Gives a row of a partition's current snapshot another text in a carried column. */
    public void carryText(Dataset dataset, Partition partition, UUID identity, String column, Optional<String> text) {
        changeRows(dataset, partition, current -> current.rows().carry(identity, column, text));
    }

    /** Gives a row of a partition's current snapshot another hash of 64 hex digits. */
    public void rehashRow(Dataset dataset, Partition partition, UUID identity, String hash) {
        changeRows(dataset, partition, current -> current.rows().rehash(identity, hash));
    }

    private void changeRows(Dataset dataset, Partition partition, Consumer<StoredSnapshot> change) {
        guard.lock();
        try {
            entered(ledger(dataset.name()), partition).ifPresent(change);
        } finally {
            guard.unlock();
        }
    }

    StoredSnapshot begin(Place place, StagingRequest request, int attempt) {
        return StoredSnapshot.begin(place, request, now(), attempt);
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private Map<SnapshotId, StoredSnapshot> ledger(String dataset) {
        Map<SnapshotId, StoredSnapshot> ledger = ledgers.get(dataset);
        return ledger == null ? Map.of() : ledger;
    }

    private void requirePrepared(Dataset dataset, Partition partition) {
        if (!ledgers.containsKey(dataset.name())) {
            throw new WindowConflicts(dataset.name(), partition).notPrepared("");
        }
    }
}
