package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks stored snapshots against their recorded digests, and both stores against each other. Reads only; saves,
 * clean-ups and redactions may run meanwhile. Memory is bounded by the archive's records, one batch and the
 * environment's rows in memory. Stateless; any number of threads may use it at once if the environment's parts allow
 * it.
 */
public final class VerifySnapshots {
    private final SnapshotEnvironment environment;

    /** Makes the use case in an environment. */
    public VerifySnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Verifies a dataset. A fault in stored records, bytes or rows is a finding, never an error.
     *
     * @throws SnapshotException UNAVAILABLE if a store or the work directory cannot be used
     */
    public VerificationReport verify(VerifyRequest request) {
        return new Run(request).report();
    }

    /**
     * A slow task.
     *
     * @param place its place in the order of the seed
     * @param archive the archive to check; empty: a snapshot of the window, or a file of the outbox
     * @param rows the rows to read or compare; 0: they are not known
     */
    private record Task(
            double place, VerificationLevel level, Optional<ArchiveId> archive, long rows, Runnable check) {}

    /** One verification. */
    private final class Run {
        private final VerifyRequest request;
        private final Verification verification;
        private final ArchiveRecords records;

        Run(VerifyRequest request) {
            this.request = request;
            this.verification = new Verification(environment.clock(), request.maxDuration(), request.progress());
            ArchiveQuery all = ArchiveQuery.of(request.dataset().name());
            this.records = ArchiveRecords.read(
                    environment.archive(), request.partition().map(all::in).orElse(all));
        }

        VerificationReport report() {
            checkChains();
            List<WindowSnapshot> visible = List.of();
            if (isWanted(VerificationLevel.CROSS) || isWanted(VerificationLevel.CONTENT)) {
                visible = environment.window().snapshots(request.dataset(), request.partition());
                StampCheck stamps = new StampCheck(environment, request.dataset(), request.partition(), verification);
                stamps.checkRows();
                if (isWanted(VerificationLevel.CROSS)) {
                    CrossCheck cross = new CrossCheck(environment, request.dataset(), records, verification);
                    cross.check(visible, stamps.mixed());
                    stamps.checkStamps(visible, records);
                }
            }
            OutboxCheck outbox = new OutboxCheck(environment, request.dataset(), request.partition(), verification);
            List<ArchiveSubmission> waiting = isWanted(VerificationLevel.CROSS) || isWanted(VerificationLevel.DIGEST)
                    ? outbox.check()
                    : List.of();
            try (Scratch scratch = Scratch.in(environment.workDirectory())) {
                List<Task> tasks = tasks(visible, waiting, outbox, scratch);
                verification.expect(tasks.stream().mapToLong(Task::rows).sum());
                for (Task task : tasks) {
                    if (verification.isTimeUp()) {
                        verification.leaveOut(task.level(), LeftOut.Reason.TIME_IS_UP, task.archive());
                    } else {
                        task.check().run();
                    }
                }
            }
            return new VerificationReport(
                    request.dataset().name(),
                    request.partition(),
                    request.sampling(),
                    verification.findings(),
                    verification.coverage(),
                    verification.leftOut(),
                    records.heads().stream()
                            .filter(head -> !records.changing().contains(head.partition()))
                            .toList(),
                    verification.elapsed());
        }

        /**
         * Returns the slow tasks, in the order of the seed: digests and contents of archives and waiting files, and
         * rows and texts of the window, mixed. No level and no archive is always the last one if the time is always too
         * short.
         */
        private List<Task> tasks(
                List<WindowSnapshot> visible, List<ArchiveSubmission> waiting, OutboxCheck outbox, Scratch scratch) {
            List<ArchivedSnapshot> chosen = chosen();
            List<Task> tasks = new ArrayList<>();
            if (isWanted(VerificationLevel.DIGEST)) {
                know(VerificationLevel.DIGEST, chosen);
                chosen.forEach(
                        archive -> tasks.add(task(VerificationLevel.DIGEST, archive, () -> checkDigest(archive))));
                waiting.forEach(entry -> tasks.add(new Task(
                        request.sampling().place("digest of waiting file " + entry.snapshotId()),
                        VerificationLevel.DIGEST,
                        Optional.empty(),
                        entry.file().rowCount(),
                        () -> outbox.checkRows(entry))));
            }
            if (isWanted(VerificationLevel.CROSS)
                    && !request.dataset().carriedColumns().isEmpty()) {
                visible.stream()
                        .filter(snapshot -> !snapshot.isForeign() && snapshot.state() != SnapshotState.INCOMPLETE)
                        .forEach(snapshot -> tasks.add(new Task(
                                request.sampling()
                                        .place("texts of snapshot "
                                                + snapshot.id().orElseThrow()),
                                VerificationLevel.CROSS,
                                Optional.empty(),
                                snapshot.rowCount(),
                                () -> new CarriedCheck(
                                                environment,
                                                request.dataset(),
                                                records,
                                                snapshot,
                                                scratch,
                                                verification)
                                        .check())));
            }
            if (isWanted(VerificationLevel.CONTENT)) {
                know(VerificationLevel.CONTENT, chosen);
                chosen.forEach(archive ->
                        tasks.add(task(VerificationLevel.CONTENT, archive, () -> checkContent(archive, scratch))));
                for (WindowSnapshot snapshot : visible) {
                    if (snapshot.isForeign()) {
                        // The snapshot's writer leaves no fingerprint, neither while the snapshot is current nor when
                        // the window retires it.
                        verification.leaveOut(VerificationLevel.CONTENT, LeftOut.Reason.FOREIGN_SNAPSHOT);
                    } else if (snapshot.state() != SnapshotState.INCOMPLETE) {
                        // The missing rows are a finding of their own.
                        tasks.add(new Task(
                                request.sampling()
                                        .place("content of snapshot "
                                                + snapshot.id().orElseThrow()),
                                VerificationLevel.CONTENT,
                                Optional.empty(),
                                snapshot.rowCount(),
                                () -> checkWindow(snapshot, scratch)));
                    }
                }
            }
            tasks.sort(Comparator.comparingDouble(Task::place));
            return tasks;
        }

        private Task task(VerificationLevel level, ArchivedSnapshot archive, Runnable check) {
            String name = level.name().toLowerCase(Locale.ROOT) + " of archive " + archive.id();
            return new Task(
                    request.sampling().place(name),
                    level,
                    Optional.of(archive.id()),
                    archive.rowCount().orElse(0),
                    check);
        }

        private List<ArchivedSnapshot> chosen() {
            Map<ArchiveId, ArchivedSnapshot> archives = records.byId();
            List<ArchiveId> ids =
                    records.archives().stream().map(ArchivedSnapshot::id).toList();
            return request.sampling().choose(ids).stream().map(archives::get).toList();
        }

        private boolean isWanted(VerificationLevel level) {
            return request.levels().contains(level);
        }

        private void checkChains() {
            List<ChainHead> anchors = request.anchors().stream()
                    .filter(anchor -> anchor.dataset().equals(request.dataset().name()))
                    .filter(anchor ->
                            request.partition().map(anchor.partition()::equals).orElse(true))
                    .toList();
            boolean chained = environment.archive().audit().isPresent();
            long checked = 0;
            for (ChainRecords chain : records.chains(request.dataset().name(), anchors)) {
                if (!chained) {
                    verification.leaveOut(VerificationLevel.CATALOGUE, LeftOut.Reason.NO_CHAIN);
                    continue;
                }
                if (records.changing().contains(chain.partition())) {
                    verification.leaveOut(VerificationLevel.CATALOGUE, LeftOut.Reason.CHANGING);
                    continue;
                }
                List<ChainHead> noted = anchors.stream()
                        .filter(anchor -> anchor.partition().equals(chain.partition()))
                        .toList();
                ChainCheck.findings(chain, noted, environment.clock().instant()).forEach(verification::add);
                checked += chain.size();
            }
            verification.covered(VerificationLevel.CATALOGUE, checked, records.size(), 0, 0);
        }

        /** Notes the number of archives, and the archives that the sample did not take. */
        private void know(VerificationLevel level, List<ArchivedSnapshot> chosen) {
            Set<ArchiveId> taken = chosen.stream().map(ArchivedSnapshot::id).collect(Collectors.toSet());
            verification.covered(level, 0, records.archives().size(), 0, 0);
            verification.leaveOut(
                    level,
                    LeftOut.Reason.NOT_SAMPLED,
                    records.archives().stream()
                            .map(ArchivedSnapshot::id)
                            .filter(id -> !taken.contains(id))
                            .toList());
        }

        private void checkDigest(ArchivedSnapshot archive) {
            try {
                environment
                        .archive()
                        .findDamage(archive.id())
                        .ifPresent(
                                damage -> verification.add(Finding.of(type(damage.kind()), archive, damage.detail())));
                verification.covered(VerificationLevel.DIGEST, 1, 0, 0, archive.size());
                if (records.hasChangeSet(archive.id())) {
                    checkChangeSet(archive);
                }
            } catch (SnapshotException e) {
                requireGone(e, archive);
                verification.leaveOut(
                        VerificationLevel.DIGEST, LeftOut.Reason.CHANGED_MEANWHILE, List.of(archive.id()));
            }
            verification.done(archive.rowCount().orElse(0));
        }

        /** A change set that was removed meanwhile is not checked. */
        private void checkChangeSet(ArchivedSnapshot archive) {
            ChangeSetStore changeSets = environment.archive().changeSets().orElseThrow();
            try {
                changeSets
                        .findDamage(archive.id())
                        .ifPresent(damage -> verification.add(Finding.of(
                                FindingType.CHANGE_SET_DAMAGED,
                                archive,
                                "the change set that leads to it: " + damage.detail())));
            } catch (SnapshotException e) {
                if (e.kind() != SnapshotException.Kind.INVALID_REQUEST
                        || changeSets.find(archive.id()).isPresent()) {
                    throw e;
                }
            }
        }

        /** An archive may be removed while others are checked; any other error is thrown. */
        private void requireGone(SnapshotException error, ArchivedSnapshot archive) {
            if (error.kind() != SnapshotException.Kind.INVALID_REQUEST
                    || environment.archive().find(archive.id()).isPresent()) {
                throw error;
            }
        }

        private static FindingType type(Damage.Kind kind) {
            return switch (kind) {
                case SIZE -> FindingType.SIZE_DIFFERS;
                case DIGEST -> FindingType.BYTES_CHANGED;
                case CHUNKS -> FindingType.CHUNKS_DAMAGED;
                case NO_DIGEST -> FindingType.NO_DIGEST;
            };
        }

        private void checkContent(ArchivedSnapshot archive, Scratch scratch) {
            ContentCheck check = new ContentCheck(environment, request.dataset(), archive, scratch, verification);
            check.check();
            long checked = 0;
            Optional<LeftOut.Reason> leftOut = check.leftOut();
            if (!check.findings().isEmpty() && isRewritten(archive)) {
                leftOut = Optional.of(LeftOut.Reason.CHANGED_MEANWHILE);
            } else {
                check.findings().forEach(verification::add);
                boolean decoded =
                        check.findings().stream().noneMatch(finding -> finding.type() == FindingType.FILE_NOT_DECODED);
                boolean whole = !leftOut.equals(Optional.of(LeftOut.Reason.TIME_IS_UP))
                        && !leftOut.equals(Optional.of(LeftOut.Reason.OTHER_FORMAT));
                checked = decoded && whole ? 1 : 0;
            }
            leftOut.ifPresent(
                    reason -> verification.leaveOut(VerificationLevel.CONTENT, reason, List.of(archive.id())));
            verification.covered(VerificationLevel.CONTENT, checked, 0, check.rows(), check.bytes());
        }

        /** Checks whether an archive was removed or redacted since its record was read. */
        private boolean isRewritten(ArchivedSnapshot archive) {
            return environment
                    .archive()
                    .find(archive.id())
                    .filter(now ->
                            now.link().equals(archive.link()) && now.sha256().equals(archive.sha256()))
                    .isEmpty();
        }

        private void checkWindow(WindowSnapshot snapshot, Scratch scratch) {
            try (RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                    KeyedRowStream stream = environment.window().openRows(request.dataset(), snapshot)) {
                SortedKeyedRows rows = hashing.windowRows(stream);
                Fingerprint actual = rows.inspect(0).fingerprint();
                if (!Optional.of(actual).equals(snapshot.fingerprint())) {
                    verification.add(Finding.of(
                            FindingType.WINDOW_ROWS_CHANGED,
                            snapshot,
                            "the window's snapshot of " + snapshot.date() + " has "
                                    + Counted.of(rows.size(), "row") + " of fingerprint "
                                    + actual + ", its ledger says " + Counted.of(snapshot.rowCount(), "row") + " of "
                                    + snapshot.fingerprint()
                                            .map(Fingerprint::hex)
                                            .orElse("none")));
                }
                verification.covered(VerificationLevel.CONTENT, 0, 0, rows.size(), 0);
                verification.done(rows.size());
            } catch (SnapshotException e) {
                if (e.kind() == SnapshotException.Kind.CORRUPT) {
                    verification.add(Finding.of(FindingType.WINDOW_ROWS_CHANGED, snapshot, e.text()));
                } else if (e.kind() == SnapshotException.Kind.CONFLICT) {
                    verification.leaveOut(VerificationLevel.CONTENT, LeftOut.Reason.LEFT_WINDOW);
                } else {
                    throw e;
                }
            }
        }
    }
}
