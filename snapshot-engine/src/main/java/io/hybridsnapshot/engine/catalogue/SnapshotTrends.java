package io.hybridsnapshot.engine.catalogue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.Tombstone;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The number, size and changes of a partition's archives over time. Removed archives are included: statistics outlive
 * the bytes. Archives that recovery removed because their snapshots were never published are not included. Reads
 * catalogues, never rows or files. Stateless; any number of threads may use it at once if the environment's parts allow
 * it.
 */
public final class SnapshotTrends {
    private static final Comparator<Entry> OLDEST_FIRST = Comparator.comparing(
                    (Entry entry) -> entry.archive().date())
            .thenComparingLong(entry -> entry.archive().id().value());

    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public SnapshotTrends(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    private record Entry(ArchivedSnapshot archive, Fate fate) {}

    private enum Fate {
        STORED,
        REMOVED
    }

    private record Place(Partition partition, LocalDate from) {
        static final Comparator<Place> ORDER =
                Comparator.comparing((Place place) -> place.partition().name()).thenComparing(Place::from);
    }

    /**
     * Returns the periods of the archives asked for, by the partition's name and then oldest first; a period without
     * archives is left out.
     *
     * @throws SnapshotException CORRUPT if counts of a period are too large to be summed
     */
    public List<TrendPeriod> periods(ArchiveQuery query, TrendStep step) {
        return periods(query, step, Set.of());
    }

    /**
     * Returns the same without some archives.
     *
     * @param leftOut numbers of archives that do not count, such as {@link SnapshotCatalogue#orphans}
     * @throws SnapshotException CORRUPT if counts of a period are too large to be summed
     */
    public List<TrendPeriod> periods(ArchiveQuery query, TrendStep step, Set<ArchiveId> leftOut) {
        TreeMap<Place, List<Entry>> places = new TreeMap<>(Place.ORDER);
        for (Entry entry : entries(query)) {
            if (leftOut.contains(entry.archive().id())) {
                continue;
            }
            LocalDate day = LocalDate.ofInstant(entry.archive().date(), ZoneOffset.UTC);
            places.computeIfAbsent(new Place(entry.archive().partition(), step.start(day)), place -> new ArrayList<>())
                    .add(entry);
        }
        return places.entrySet().stream()
                .map(place -> period(place.getKey(), step, place.getValue()))
                .toList();
    }

    private List<Entry> entries(ArchiveQuery query) {
        List<Entry> entries = new ArrayList<>();
        Set<ArchiveId> stored = new HashSet<>();
        for (ArchivedSnapshot archive : environment.archive().list(query)) {
            entries.add(new Entry(archive, Fate.STORED));
            stored.add(archive.id());
        }
        for (Tombstone tombstone : environment.archive().tombstones(query)) {
            // An archive that was removed between the two queries is in both results.
            if (tombstone.isOfPublished()
                    && !stored.contains(tombstone.archive().id())) {
                entries.add(new Entry(tombstone.archive(), Fate.REMOVED));
            }
        }
        entries.sort(OLDEST_FIRST);
        return entries;
    }

    private static TrendPeriod period(Place place, TrendStep step, List<Entry> entries) {
        List<ArchivedSnapshot> all = entries.stream().map(Entry::archive).toList();
        List<ArchivedSnapshot> removed = entries.stream()
                .filter(entry -> entry.fate() == Fate.REMOVED)
                .map(Entry::archive)
                .toList();
        List<DeltaSummary> changes = all.stream()
                .map(ArchivedSnapshot::changes)
                .flatMap(Optional::stream)
                .toList();
        OptionalLong rows = all.get(all.size() - 1).rowCount();
        try {
            return new TrendPeriod(
                    place.partition(),
                    place.from(),
                    step.end(place.from()),
                    all.size(),
                    removed.size(),
                    rows,
                    sum(all, ArchivedSnapshot::size),
                    sum(removed, ArchivedSnapshot::size),
                    compressionRatio(all),
                    new DeltaSummary(
                            sum(changes, DeltaSummary::added),
                            sum(changes, DeltaSummary::changed),
                            sum(changes, DeltaSummary::unchanged),
                            sum(changes, DeltaSummary::deleted)),
                    all.size() - changes.size());
        } catch (ArithmeticException e) {
            throw SnapshotException.corrupt("the counts of a period are too large to be summed")
                    .where("partition '" + place.partition() + "', period from " + place.from())
                    .actual("more than " + Long.MAX_VALUE)
                    .expected("counts of real snapshots")
                    .nextStep("{0} shows the counts of each archive", CommonRemedy.LIST)
                    .cause(e)
                    .build();
        }
    }

    private static Optional<Double> compressionRatio(List<ArchivedSnapshot> archives) {
        List<ArchivedSnapshot> known = archives.stream()
                .filter(archive -> archive.compressionRatio().isPresent())
                .toList();
        long uncompressed = sum(known, archive -> archive.uncompressedSize().orElse(0));
        return uncompressed == 0
                ? Optional.empty()
                : Optional.of((double) sum(known, ArchivedSnapshot::size) / uncompressed);
    }

    private static <T> long sum(List<T> items, ToLongFunction<T> amount) {
        long sum = 0;
        for (T item : items) {
            sum = Math.addExact(sum, amount.applyAsLong(item));
        }
        return sum;
    }
}
