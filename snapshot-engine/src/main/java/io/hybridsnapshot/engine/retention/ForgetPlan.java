package io.hybridsnapshot.engine.retention;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.schema.FieldDigest;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The content of the stores that goes with a forgotten dataset, and the obstacles to it. Immutable.
 *
 * @param dataset the dataset's name
 * @param windowSnapshots the visible snapshots of the window, by partition and then newest first
 * @param unfinished snapshots whose save has neither ended nor been undone
 * @param archives the archives, newest first, those that belong to no snapshot included
 * @param waiting the snapshots with a file in this outbox, damaged files and rests of files included
 * @param elsewhere snapshots of the window whose file waits in another outbox, which this plan does not reach
 * @param tombstones the number of archives that were removed before; their records stay
 * @param obstacles the reasons why the dataset cannot be forgotten now; empty: it can
 */
public record ForgetPlan(
        String dataset,
        List<WindowSnapshot> windowSnapshots,
        List<WindowSnapshot> unfinished,
        List<ArchivedSnapshot> archives,
        List<SnapshotId> waiting,
        List<WindowSnapshot> elsewhere,
        long tombstones,
        List<Obstacle> obstacles) {
    private static final String FORM = "hybrid-snapshots forget 1";

    /** The kinds of obstacles. */
    public enum ObstacleKind {
        /** A hold of an archive is in force. */
        HELD,
        /** An archive is to be kept until a later day. */
        RETAINED,
        /** Another program made the newest snapshot of a partition in the window. */
        FOREIGN
    }

    /**
     * A reason why the dataset cannot be forgotten now.
     *
     * @param kind the kind
     * @param partition the partition
     * @param archive the archive, if it is about one
     * @param text for people: which archive or snapshot, and why
     */
    public record Obstacle(ObstacleKind kind, Partition partition, Optional<ArchivedSnapshot> archive, String text) {
        public Obstacle {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(partition, "partition");
            Objects.requireNonNull(archive, "archive");
            Objects.requireNonNull(text, "text");
        }
    }

    public ForgetPlan {
        Objects.requireNonNull(dataset, "dataset");
        windowSnapshots = List.copyOf(windowSnapshots);
        unfinished = List.copyOf(unfinished);
        archives = List.copyOf(archives);
        waiting = List.copyOf(waiting);
        elsewhere = List.copyOf(elsewhere);
        obstacles = List.copyOf(obstacles);
    }

    /** Returns the partitions that the plan touches, by name. */
    public List<Partition> partitions() {
        Stream<Partition> inWindow =
                Stream.concat(windowSnapshots.stream(), unfinished.stream()).map(WindowSnapshot::partition);
        return Stream.concat(inWindow, archives.stream().map(ArchivedSnapshot::partition))
                .distinct()
                .sorted(Comparator.comparing(Partition::name))
                .toList();
    }

    /** Returns the bytes of the archives. */
    public long bytes() {
        return archives.stream().mapToLong(ArchivedSnapshot::size).sum();
    }

    /** Checks whether the stores hold nothing that can be removed. */
    public boolean isEmpty() {
        return windowSnapshots.isEmpty() && unfinished.isEmpty() && archives.isEmpty() && waiting.isEmpty();
    }

    /**
     * Returns the digest that names the plan's effects, so that a user can agree to exactly these. The digest ({@link
     * FieldDigest}) covers the snapshots of the window, the unfinished ones, the archives, each with the digest of its
     * record, and the files in the outbox. 64 lower-case hex digits.
     */
    public String digest() {
        FieldDigest digest = new FieldDigest(FORM).line("dataset", dataset);
        sorted(windowSnapshots).forEach(snapshot -> add(digest, "snapshot", snapshot));
        sorted(unfinished).forEach(snapshot -> add(digest, "unfinished", snapshot));
        archives.stream()
                .sorted(Comparator.comparingLong(archive -> archive.id().value()))
                .forEach(archive -> digest.line("archive_id", archive.id().value())
                        .line(
                                "record_digest",
                                archive.link()
                                        .map(ChainLink::digest)
                                        .or(archive::sha256)
                                        .or(archive::md5)));
        waiting.stream().map(SnapshotId::toString).sorted().forEach(id -> digest.line("waiting", id));
        return digest.hex();
    }

    private static List<WindowSnapshot> sorted(List<WindowSnapshot> snapshots) {
        return snapshots.stream()
                .sorted(Comparator.comparing((WindowSnapshot snapshot) ->
                                snapshot.partition().name())
                        .thenComparing(WindowSnapshot::date)
                        .thenComparing(
                                snapshot -> snapshot.id().map(Object::toString).orElse("")))
                .toList();
    }

    private static void add(FieldDigest digest, String kind, WindowSnapshot snapshot) {
        digest.line(kind, snapshot.partition().name())
                .line("date", snapshot.date().toString())
                .line("attempt", snapshot.attempt())
                .line("batch_id", snapshot.id().map(SnapshotId::toString));
    }
}
