package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveConflicts;
import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.changeset.RowFilter;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.testkit.data.FileDigests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The change sets of an {@link InMemoryArchiveStore}. Every method holds the store's lock, so both change at once. */
final class InMemoryChangeSets implements ChangeSetStore {
    private final InMemoryArchiveStore store;
    private final Map<ArchiveId, Kept> kept = new LinkedHashMap<>();
    private final List<ChangeSet> removed = new ArrayList<>();
    private long lastNumber;

    InMemoryChangeSets(InMemoryArchiveStore store) {
        this.store = store;
    }

    private record Kept(ChangeSet changeSet, byte[] bytes, RowFilter filter) {}

    /** Takes all that another store keeps. */
    void takeOver(InMemoryChangeSets other) {
        kept.putAll(other.kept);
        removed.addAll(other.removed);
        lastNumber = other.lastNumber;
    }

    void flipByte(ArchiveId archive, int position) {
        require(archive).bytes()[position] ^= 1;
    }

    boolean contains(byte[] bytes) {
        return kept.values().stream()
                .anyMatch(each -> InMemoryArchiveStore.isIn(each.bytes(), bytes)
                        || InMemoryArchiveStore.isIn(each.filter().bytes(), bytes));
    }

    /** Keeps the change set of an archive that was stored a moment ago, unless its base is not there. */
    void takeWith(ArchivedSnapshot later, ChangeSetSubmission submission, byte[] bytes) {
        if (hasBase(later, submission)
                && submission.isOf(store.find(submission.base()).orElseThrow())) {
            keep(later, submission, bytes);
        }
    }

    /** Removes the change sets on both sides of an archive. */
    void removeOf(ArchiveId archive, Instant at, String reason) {
        removeIf(
                changeSet ->
                        changeSet.archive().equals(archive) || changeSet.base().equals(archive),
                at,
                reason);
    }

    @Override
    public ChangeSet add(ArchiveId archive, ChangeSetSubmission submission) {
        synchronized (store) {
            ArchivedSnapshot later = store.find(archive).orElseThrow(() -> ArchiveConflicts.missing(archive));
            Kept there = kept.get(archive);
            if (there != null) {
                return ArchiveConflicts.requireSameBase(submission, there.changeSet());
            }
            if (!hasBase(later, submission)) {
                throw ArchiveConflicts.missingBase(later, submission.base());
            }
            ArchiveConflicts.requireCompared(submission, later);
            ArchiveConflicts.requireCompared(
                    submission, store.find(submission.base()).orElseThrow());
            return keep(later, submission, InMemoryArchiveStore.read(submission.file()));
        }
    }

    private boolean hasBase(ArchivedSnapshot later, ChangeSetSubmission submission) {
        return store.find(submission.base())
                .filter(base -> !base.id().equals(later.id())
                        && base.dataset().equals(later.dataset())
                        && base.partition().equals(later.partition()))
                .isPresent();
    }

    private ChangeSet keep(ArchivedSnapshot later, ChangeSetSubmission submission, byte[] bytes) {
        ChainHead head = store.head(later.dataset(), later.partition());
        ChangeSet changeSet = ChangeSet.of(submission, later, ++lastNumber, store.now(), head);
        store.append(head, changeSet.link().orElseThrow());
        kept.put(later.id(), new Kept(changeSet, bytes, submission.filter()));
        return changeSet;
    }

    @Override
    public Optional<ChangeSet> find(ArchiveId archive) {
        synchronized (store) {
            return Optional.ofNullable(kept.get(archive)).map(Kept::changeSet);
        }
    }

    @Override
    public List<ChangeSet> list(ArchiveQuery query) {
        synchronized (store) {
            return newestFirst(query, kept.values().stream());
        }
    }

    @Override
    public List<ChangeSet> mayHold(ArchiveQuery query, Collection<FilterEntry> entries) {
        synchronized (store) {
            return newestFirst(
                    query,
                    kept.values().stream().filter(each -> entries.stream().anyMatch(each.filter()::mayHold)));
        }
    }

    private static List<ChangeSet> newestFirst(ArchiveQuery query, Stream<Kept> all) {
        return all.map(Kept::changeSet)
                .filter(changeSet -> inPartition(query, changeSet))
                .filter(changeSet -> query.from()
                        .map(moment -> !changeSet.date().isBefore(moment))
                        .orElse(true))
                .filter(changeSet -> query.to()
                        .map(moment -> !changeSet.date().isAfter(moment))
                        .orElse(true))
                .sorted(Comparator.comparing(ChangeSet::date)
                        .thenComparingLong(changeSet -> changeSet.archive().value())
                        .reversed())
                .limit(query.limit().orElse(Integer.MAX_VALUE))
                .toList();
    }

    private static boolean inPartition(ArchiveQuery query, ChangeSet changeSet) {
        return query.dataset().map(changeSet.dataset()::equals).orElse(true)
                && query.partition().map(changeSet.partition()::equals).orElse(true);
    }

    @Override
    public List<ChangeSet> records(ArchiveQuery query) {
        synchronized (store) {
            return Stream.concat(kept.values().stream().map(Kept::changeSet), removed.stream())
                    .filter(changeSet -> inPartition(query, changeSet))
                    .sorted(Comparator.comparingLong(ChangeSet::number))
                    .toList();
        }
    }

    @Override
    public SeekableBytes open(ArchiveId archive) {
        synchronized (store) {
            return new ArrayBytes(
                    "the change set of archive " + archive, require(archive).bytes());
        }
    }

    @Override
    public Optional<Damage> findDamage(ArchiveId archive) {
        synchronized (store) {
            Kept there = require(archive);
            ChangeSet record = there.changeSet();
            return difference(Damage.Kind.SIZE, "bytes", "" + there.bytes().length, "" + record.size())
                    .or(() -> difference(
                            Damage.Kind.DIGEST, "SHA-256", FileDigests.sha256(there.bytes()), record.sha256()))
                    .or(() -> difference(
                            Damage.Kind.DIGEST,
                            "SHA-256 of the filter",
                            FileDigests.sha256(there.filter().bytes()),
                            record.filterSha256()));
        }
    }

    private static Optional<Damage> difference(Damage.Kind kind, String what, String actual, String expected) {
        return actual.equals(expected)
                ? Optional.empty()
                : Optional.of(new Damage(kind, what + " " + actual + ", expected " + expected));
    }

    @Override
    public List<ChangeSet> remove(Collection<ArchiveId> archives, String reason) {
        synchronized (store) {
            return removeIf(changeSet -> archives.contains(changeSet.archive()), store.now(), reason);
        }
    }

    private List<ChangeSet> removeIf(Predicate<ChangeSet> wanted, Instant at, String reason) {
        List<ChangeSet> ended = kept.values().stream()
                .map(Kept::changeSet)
                .filter(wanted)
                .map(changeSet -> changeSet.removedBy(InMemoryArchiveStore.USER, at, reason))
                .toList();
        ended.forEach(changeSet -> kept.remove(changeSet.archive()));
        removed.addAll(ended);
        return ended;
    }

    private Kept require(ArchiveId archive) {
        Kept there = kept.get(archive);
        if (there == null) {
            throw ArchiveConflicts.noChangeSet(archive);
        }
        return there;
    }
}
