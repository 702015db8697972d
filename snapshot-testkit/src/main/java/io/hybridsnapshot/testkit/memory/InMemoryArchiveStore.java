package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.data.FileDigests;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * An {@link ArchiveStore} that keeps every file in memory, for tests and trials. Safe to share between threads; every method is atomic. It
 * keeps nothing beyond the process.
 */
public final class InMemoryArchiveStore implements ArchiveStore {
    private final Clock clock;
    private final Map<ArchiveId, Archive> archives = new LinkedHashMap<>();
    private long lastNumber;

    /** An empty store with the system's clock. */
    public InMemoryArchiveStore() {
        this(Clock.systemUTC());
    }

    /** An empty store that dates its archives by this clock. */
    public InMemoryArchiveStore(Clock clock) {
        this.clock = clock;
    }

    private record Archive(ArchivedSnapshot snapshot, byte[] bytes) {}

    @Override
    public synchronized ArchivedSnapshot store(ArchiveSubmission submission) {
        Optional<ArchivedSnapshot> known = find(submission.snapshotId());
        if (known.isPresent()) {
            return requireSameRows(known.get(), submission);
        }
        for (Archive archive : archives.values()) {
            ArchivedSnapshot other = archive.snapshot();
            if (other.dataset().equals(submission.dataset())
                    && other.partition().equals(submission.partition())
                    && other.date().equals(submission.date())) {
                throw SnapshotException.conflict("another snapshot of this date is archived")
                        .where(submission.dataset() + ", partition '" + submission.partition() + "', "
                                + submission.date())
                        .actual("archive " + other.id() + " of batch id "
                                + other.snapshotId().map(SnapshotId::toString).orElse("none"))
                        .expected("batch id " + submission.snapshotId())
                        .nextStep("give the snapshot another date")
                        .build();
            }
        }
        byte[] bytes = read(submission.file());
        ArchivedSnapshot snapshot = archived(new ArchiveId(++lastNumber), submission, bytes.length);
        archives.put(snapshot.id(), new Archive(snapshot, bytes));
        return snapshot;
    }

    @Override
    public synchronized Optional<ArchivedSnapshot> find(ArchiveId id) {
        return Optional.ofNullable(archives.get(id)).map(Archive::snapshot);
    }

    @Override
    public synchronized Optional<ArchivedSnapshot> find(SnapshotId id) {
        return archives.values().stream()
                .map(Archive::snapshot)
                .filter(snapshot -> snapshot.snapshotId().equals(Optional.of(id)))
                .findFirst();
    }

    @Override
    public synchronized List<ArchivedSnapshot> list(ArchiveQuery query) {
        return archives.values().stream()
                .map(Archive::snapshot)
                .filter(query::matches)
                .sorted(Comparator.comparing(ArchivedSnapshot::date)
                        .thenComparingLong(snapshot -> snapshot.id().value())
                        .reversed())
                .toList();
    }

    @Override
    public synchronized SeekableBytes open(ArchiveId id) {
        Archive archive = archives.get(id);
        if (archive == null) {
            throw SnapshotException.invalidRequest("no such archive")
                    .actual("archive " + id)
                    .nextStep("'snapshot list' shows the archives")
                    .build();
        }
        return new ArrayBytes("archive " + id, archive.bytes());
    }

    @Override
    public synchronized List<ArchivedSnapshot> remove(Collection<ArchiveId> ids) {
        List<ArchivedSnapshot> removed = new ArrayList<>();
        for (ArchiveId id : ids) {
            Archive archive = archives.remove(id);
            if (archive != null) {
                removed.add(archive.snapshot());
            }
        }
        return removed;
    }

    private static ArchivedSnapshot requireSameRows(ArchivedSnapshot known, ArchiveSubmission submission) {
        if (!known.fingerprint().equals(Optional.of(submission.fingerprint()))) {
            throw SnapshotException.conflict("the batch id is archived with other rows")
                    .where("archive " + known.id() + ", batch id " + submission.snapshotId())
                    .actual("fingerprint " + known.fingerprint().orElseThrow())
                    .expected("fingerprint " + submission.fingerprint())
                    .nextStep("save under another batch id")
                    .build();
        }
        return known;
    }

    private static byte[] read(WrittenFile file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file.file());
        } catch (IOException e) {
            throw SnapshotException.unavailable("the file to be archived cannot be read")
                    .where(file.file().toString())
                    .actual(e.toString())
                    .nextStep("check the path and its permissions")
                    .cause(e)
                    .build();
        }
        requireDigest(file, "MD5", FileDigests.md5(bytes), file.md5());
        requireDigest(file, "SHA-256", FileDigests.sha256(bytes), file.sha256());
        return bytes;
    }

    private static void requireDigest(WrittenFile file, String algorithm, String actual, String expected) {
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("the file to be archived is not the one that was written")
                    .where(file.file().toString())
                    .actual(algorithm + " " + actual)
                    .expected(expected)
                    .nextStep("write the file again")
                    .build();
        }
    }

    private ArchivedSnapshot archived(ArchiveId id, ArchiveSubmission submission, long size) {
        return new ArchivedSnapshot(
                id,
                Optional.of(submission.snapshotId()),
                submission.dataset(),
                submission.sourceDatabase(),
                submission.partition(),
                submission.date(),
                OptionalLong.of(submission.file().rowCount()),
                size,
                OptionalLong.of(submission.file().uncompressedSize()),
                OptionalInt.of(submission.columnCount()),
                Optional.of(submission.schemaHash()),
                Optional.of(submission.file().md5()),
                Optional.of(submission.file().sha256()),
                Optional.of(submission.hashSpecId()),
                Optional.of(submission.fingerprint()),
                Optional.of(clock.instant().truncatedTo(ChronoUnit.MICROS)),
                submission.retentionUntil(),
                submission.tags(),
                Optional.empty());
    }
}
