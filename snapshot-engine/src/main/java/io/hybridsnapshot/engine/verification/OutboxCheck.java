package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.List;
import java.util.Optional;

/**
 * Checks the files of one dataset that wait in this work directory's outbox. Files may come and go meanwhile; a file
 * that is gone is no finding.
 */
final class OutboxCheck {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;
    private final Optional<Partition> partition;
    private final Outbox outbox;
    private final Verification verification;

    OutboxCheck(
            SnapshotEnvironment environment,
            Dataset dataset,
            Optional<Partition> partition,
            Verification verification) {
        this.environment = environment;
        this.dataset = dataset;
        this.partition = partition;
        this.outbox = new Outbox(environment.workDirectory());
        this.verification = verification;
    }

    /**
     * Checks the descriptions.
     *
     * @return the entries with rows that can be checked
     */
    List<ArchiveSubmission> check() {
        Outbox.Contents contents = outbox.contents(dataset.name());
        contents.damaged().forEach(this::addDamaged);
        return contents.readable().stream()
                .filter(entry -> isWanted(entry.partition()))
                .toList();
    }

    private boolean isWanted(Partition of) {
        return partition.map(of::equals).orElse(true);
    }

    private void addDamaged(Outbox.Damaged damaged) {
        Optional<WindowSnapshot> snapshot = environment.window().find(dataset, damaged.id());
        boolean corrupt = damaged.reason().kind() == SnapshotException.Kind.CORRUPT;
        Optional<Partition> of = snapshot.map(WindowSnapshot::partition);
        if (of.map(this::isWanted).orElse(true)) {
            add(
                    corrupt ? FindingType.WAITING_FILE_DAMAGED : FindingType.WAITING_FILE_UNREADABLE,
                    of.or(() -> partition).orElse(Partition.ALL),
                    damaged.id(),
                    damaged.reason());
        }
    }

    /** Compares an entry's rows with their digest. */
    void checkRows(ArchiveSubmission entry) {
        try {
            if (outbox.requireSound(entry)) {
                verification.covered(
                        VerificationLevel.DIGEST, 0, 0, 0, entry.file().size());
            }
        } catch (SnapshotException e) {
            boolean corrupt = e.kind() == SnapshotException.Kind.CORRUPT;
            add(
                    corrupt ? FindingType.WAITING_FILE_CHANGED : FindingType.WAITING_FILE_UNREADABLE,
                    entry.partition(),
                    entry.snapshotId(),
                    e);
        }
        verification.done(entry.file().rowCount());
    }

    private void add(FindingType type, Partition of, SnapshotId id, SnapshotException reason) {
        verification.add(new Finding(type, dataset.name(), of, Optional.empty(), Optional.of(id), reason.text()));
    }
}
