package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.delta.SortedKeyedRows;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.verification.ChainCheck;
import io.hybridsnapshot.domain.verification.ChainRecords;
import io.hybridsnapshot.domain.verification.Finding;
import io.hybridsnapshot.domain.verification.FindingType;
import io.hybridsnapshot.domain.verification.LeftOut;
import io.hybridsnapshot.domain.verification.VerificationLevel;
import io.hybridsnapshot.domain.verification.VerificationReport;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks whether what the stores hold is what was stored. Reads only; saves, clean-ups and redactions may go on meanwhile. Memory is bounded
 * by the archive's records, one batch and the environment's rows in memory.
 */
public final class VerifySnapshots {
    private final SnapshotEnvironment environment;

    /** The use case in an environment. */
    public VerifySnapshots(SnapshotEnvironment environment) {
        this.environment = environment;
    }

    /**
     * Verifies a dataset. What is wrong with stored records, bytes and rows is a finding, never an error.
     *
     * @throws SnapshotException UNAVAILABLE if a store or the work directory cannot be used
     */
    public VerificationReport verify(VerifyRequest request) {
        return new Run(request).report();
    }

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
            if (isWanted(VerificationLevel.CROSS) || isWanted(VerificationLevel.CONTENT)) {
                List<WindowSnapshot> visible = environment.window().snapshots(request.dataset(), request.partition());
                if (isWanted(VerificationLevel.CROSS)) {
                    new CrossCheck(environment, request.dataset(), records, verification).check(visible);
                }
                if (isWanted(VerificationLevel.CONTENT)) {
                    checkWindow(visible);
                }
            }
            List<ArchiveId> chosen = request.sampling()
                    .choose(records.archives().stream()
                            .map(ArchivedSnapshot::id)
                            .toList());
            if (isWanted(VerificationLevel.DIGEST)) {
                leaveOutRest(VerificationLevel.DIGEST, chosen);
                checkDigests(chosen);
            }
            if (isWanted(VerificationLevel.CONTENT)) {
                leaveOutRest(VerificationLevel.CONTENT, chosen);
                checkContents(chosen);
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

        private boolean isWanted(VerificationLevel level) {
            return request.levels().contains(level);
        }

        private void checkChains() {
            List<ChainHead> anchors = request.anchors().stream()
                    .filter(anchor -> anchor.dataset().equals(request.dataset().name()))
                    .filter(anchor ->
                            request.partition().map(anchor.partition()::equals).orElse(true))
                    .toList();
            long checked = 0;
            for (ChainRecords chain : records.chains(request.dataset().name(), anchors)) {
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

        private void leaveOutRest(VerificationLevel level, List<ArchiveId> chosen) {
            Set<ArchiveId> taken = new HashSet<>(chosen);
            verification.leaveOut(
                    level,
                    LeftOut.Reason.NOT_SAMPLED,
                    records.archives().stream()
                            .map(ArchivedSnapshot::id)
                            .filter(id -> !taken.contains(id))
                            .toList());
        }

        private void checkDigests(List<ArchiveId> chosen) {
            Map<ArchiveId, ArchivedSnapshot> archives = records.byId();
            long checked = 0;
            long bytes = 0;
            for (int i = 0; i < chosen.size(); i++) {
                if (verification.isTimeUp()) {
                    verification.leaveOut(
                            VerificationLevel.DIGEST, LeftOut.Reason.TIME_IS_UP, chosen.subList(i, chosen.size()));
                    break;
                }
                ArchivedSnapshot archive = archives.get(chosen.get(i));
                try {
                    environment
                            .archive()
                            .findDamage(archive.id())
                            .ifPresent(damage ->
                                    verification.add(Finding.of(type(damage.kind()), archive, damage.detail())));
                    checked++;
                    bytes += archive.size();
                } catch (SnapshotException e) {
                    requireGone(e, archive);
                    verification.leaveOut(
                            VerificationLevel.DIGEST, LeftOut.Reason.CHANGED_MEANWHILE, List.of(archive.id()));
                }
                verification.done(archive.rowCount().orElse(0));
            }
            verification.covered(
                    VerificationLevel.DIGEST, checked, records.archives().size(), 0, bytes);
        }

        /** An archive may be removed while others are checked; any other error is one. */
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

        private void checkContents(List<ArchiveId> chosen) {
            Map<ArchiveId, ArchivedSnapshot> archives = records.byId();
            long checked = 0;
            long rows = 0;
            long bytes = 0;
            try (Scratch scratch = Scratch.in(environment.workDirectory())) {
                for (int i = 0; i < chosen.size(); i++) {
                    if (verification.isTimeUp()) {
                        verification.leaveOut(
                                VerificationLevel.CONTENT, LeftOut.Reason.TIME_IS_UP, chosen.subList(i, chosen.size()));
                        break;
                    }
                    ArchivedSnapshot archive = archives.get(chosen.get(i));
                    ContentCheck check =
                            new ContentCheck(environment, request.dataset(), archive, scratch, verification);
                    check.check();
                    rows += check.rows();
                    bytes += check.bytes();
                    Optional<LeftOut.Reason> leftOut = check.leftOut();
                    if (!check.findings().isEmpty() && isRewritten(archive)) {
                        leftOut = Optional.of(LeftOut.Reason.CHANGED_MEANWHILE);
                    } else {
                        check.findings().forEach(verification::add);
                        boolean decoded = check.findings().stream()
                                .noneMatch(finding -> finding.type() == FindingType.FILE_NOT_DECODED);
                        boolean whole = !leftOut.equals(Optional.of(LeftOut.Reason.TIME_IS_UP))
                                && !leftOut.equals(Optional.of(LeftOut.Reason.OTHER_FORMAT));
                        checked += decoded && whole ? 1 : 0;
                    }
                    leftOut.ifPresent(
                            reason -> verification.leaveOut(VerificationLevel.CONTENT, reason, List.of(archive.id())));
                }
            }
            verification.covered(
                    VerificationLevel.CONTENT, checked, records.archives().size(), rows, bytes);
        }

        /** Whether an archive was removed or redacted since its record was read. */
        private boolean isRewritten(ArchivedSnapshot archive) {
            return environment
                    .archive()
                    .find(archive.id())
                    .filter(now ->
                            now.link().equals(archive.link()) && now.sha256().equals(archive.sha256()))
                    .isEmpty();
        }

        private void checkWindow(List<WindowSnapshot> visible) {
            try (Scratch scratch = Scratch.in(environment.workDirectory())) {
                for (WindowSnapshot snapshot : visible) {
                    if (snapshot.isForeign()) {
                        verification.leaveOut(VerificationLevel.CONTENT, LeftOut.Reason.FOREIGN_SNAPSHOT);
                    } else if (verification.isTimeUp()) {
                        verification.leaveOut(VerificationLevel.CONTENT, LeftOut.Reason.TIME_IS_UP);
                    } else {
                        checkWindow(snapshot, scratch);
                    }
                }
            }
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
                            "the window's snapshot of " + snapshot.date() + " has " + rows.size()
                                    + " rows of fingerprint "
                                    + actual + ", its ledger says " + snapshot.rowCount() + " rows of "
                                    + snapshot.fingerprint()
                                            .map(Fingerprint::hex)
                                            .orElse("none")));
                }
                verification.covered(VerificationLevel.CONTENT, 0, 0, rows.size(), 0);
                verification.done(rows.size());
            } catch (SnapshotException e) {
                if (e.kind() == SnapshotException.Kind.CORRUPT) {
                    verification.add(Finding.of(FindingType.WINDOW_ROWS_CHANGED, snapshot, e.getMessage()));
                } else if (e.kind() == SnapshotException.Kind.CONFLICT) {
                    verification.leaveOut(VerificationLevel.CONTENT, LeftOut.Reason.LEFT_WINDOW);
                } else {
                    throw e;
                }
            }
        }
    }
}
