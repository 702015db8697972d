package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.Redaction;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.internal.changeset.ChangeSetMaker;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Makes the change sets that archived snapshots lack, by comparing the files of neighbours. A snapshot that has one
 * keeps it, so an interrupted call is continued by the next one. Stateless; safe to share if the environment's parts
 * are.
 */
public final class BuildChangeSets {
    private final SnapshotEnvironment environment;
    private final LoadSnapshot load;

    /** Makes the use case in an environment. */
    public BuildChangeSets(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.load = new LoadSnapshot(environment);
    }

    /** What became of two neighbours. */
    public enum Outcome {
        /** A change set was made. */
        BUILT,
        /** There was one. */
        THERE,
        /** The two have no key in common. */
        NO_KEY,
        /** The change set would take too large a part of the later file. */
        TOO_LARGE,
        /** Rows were erased from one of the two, and not by the same redactions from the other. */
        REDACTED,
        /** A file has rows without a key, or rows that share one. */
        NOT_KEYED
    }

    /**
     * Two neighbours.
     *
     * @param base the earlier archive
     * @param archive the later archive
     * @param outcome what became of them
     * @param changeSet the change set; empty where there is none
     */
    public record Step(
            ArchivedSnapshot base, ArchivedSnapshot archive, Outcome outcome, Optional<ChangeSet> changeSet) {
        public Step {
            Objects.requireNonNull(base, "base");
            Objects.requireNonNull(archive, "archive");
            Objects.requireNonNull(outcome, "outcome");
            Objects.requireNonNull(changeSet, "changeSet");
        }
    }

    /**
     * Makes the change sets of a dataset.
     *
     * @param partition one partition; empty: all
     * @return the neighbours, by partition and then oldest first
     * @throws SnapshotException INVALID_REQUEST if the archive keeps no change sets; CORRUPT if a file is damaged;
     *     UNAVAILABLE if the archive cannot be reached, or the disk is full
     */
    public List<Step> build(Dataset dataset, Optional<Partition> partition, Progress progress) {
        ChangeSetStore store = environment.archiveChangeSets();
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        ArchiveQuery query = partition.map(all::in).orElse(all);
        Map<ArchiveId, List<String>> redactions = redactions(query);
        Map<String, List<ArchivedSnapshot>> archives = new TreeMap<>();
        environment.archive().list(query).stream()
                .filter(ArchivedSnapshot::published)
                .sorted(Comparator.comparing(ArchivedSnapshot::date)
                        .thenComparing(archive -> archive.id().value()))
                .forEach(archive -> archives.computeIfAbsent(archive.partition().name(), name -> new ArrayList<>())
                        .add(archive));
        long whole =
                archives.values().stream().mapToLong(some -> some.size() - 1L).sum();
        List<Step> steps = new ArrayList<>();
        for (List<ArchivedSnapshot> some : archives.values()) {
            try (Scratch scratch = Scratch.in(environment.workDirectory())) {
                LocalFiles files = new LocalFiles(scratch);
                for (int i = 1; i < some.size(); i++) {
                    steps.add(step(dataset, store, redactions, some.get(i - 1), some.get(i), files));
                    progress.at(Progress.Step.COMPARING, steps.size(), whole);
                }
            }
        }
        return steps;
    }

    /** The files of two neighbours, of which the later one serves the next step too. One thread. */
    private final class LocalFiles {
        private final Scratch scratch;
        private final Map<ArchiveId, Path> files = new HashMap<>();

        LocalFiles(Scratch scratch) {
            this.scratch = scratch;
        }

        Scratch scratch() {
            return scratch;
        }

        /** Fetches an archive's file, unless it is there. */
        Path of(ArchivedSnapshot archive) {
            return files.computeIfAbsent(archive.id(), id -> {
                Path file = scratch.file("archive-" + id);
                load.copyTo(archive, file);
                return file;
            });
        }

        /** Deletes all files but that of an archive. */
        void keep(ArchivedSnapshot archive) {
            files.entrySet().removeIf(file -> {
                boolean isOther = !file.getKey().equals(archive.id());
                return isOther && file.getValue().toFile().delete();
            });
        }
    }

    private Map<ArchiveId, List<String>> redactions(ArchiveQuery query) {
        return environment.archive().audit().map(audit -> audit.redactions(query)).orElse(List.of()).stream()
                .collect(Collectors.groupingBy(
                        Redaction::archive, Collectors.mapping(Redaction::reason, Collectors.toList())));
    }

    private Step step(
            Dataset dataset,
            ChangeSetStore store,
            Map<ArchiveId, List<String>> redactions,
            ArchivedSnapshot base,
            ArchivedSnapshot archive,
            LocalFiles files) {
        Optional<ChangeSet> there = store.find(archive.id());
        if (there.filter(set -> set.base().equals(base.id())).isPresent()) {
            return new Step(base, archive, Outcome.THERE, there);
        }
        // A comparison with rows that were erased on one side alone would tell of them.
        if (!redactions.getOrDefault(base.id(), List.of()).equals(redactions.getOrDefault(archive.id(), List.of()))) {
            return new Step(base, archive, Outcome.REDACTED, Optional.empty());
        }
        if (there.isPresent()) {
            store.remove(List.of(archive.id()), "another snapshot is the one before");
        }
        ChangeSetMaker.Made made = new ChangeSetMaker(environment, dataset)
                .between(
                        base,
                        files.of(base),
                        files.of(archive),
                        archive.size(),
                        files.scratch().directory());
        files.keep(archive);
        Optional<ChangeSet> added = made.submission()
                .map(submission -> store.add(archive.id(), submission.comparing(List.of(base, archive))));
        return new Step(base, archive, outcome(made), added);
    }

    private static Outcome outcome(ChangeSetMaker.Made made) {
        return made.refusal()
                .map(refusal -> switch (refusal) {
                    case NO_KEY -> Outcome.NO_KEY;
                    case NOT_KEYED -> Outcome.NOT_KEYED;
                    case TOO_LARGE -> Outcome.TOO_LARGE;
                })
                .orElse(Outcome.BUILT);
    }
}
