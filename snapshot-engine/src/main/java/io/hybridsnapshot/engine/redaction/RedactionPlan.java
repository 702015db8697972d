package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The places of the rows of some keys, and whether the rows can be erased there. It names no key. Immutable.
 *
 * @param keys the number of different keys
 * @param unmatchedKeys the positions (from 1) of the keys without a row in any archive or waiting file
 * @param archives the result for each archive, newest first
 * @param waiting files of the outbox with such rows, or that cannot be read
 * @param unarchived snapshots of the window that have no archive: those with such rows, and those that could not be
 *     searched
 * @param unfinished the treatment of snapshots of unfinished saves
 */
public record RedactionPlan(
        int keys,
        List<Integer> unmatchedKeys,
        List<Finding> archives,
        List<WaitingFile> waiting,
        List<Unarchived> unarchived,
        RedactionRequest.Unfinished unfinished) {
    /** The possible decisions about an archive. */
    public enum Verdict {
        /** The archive has no row of the keys and stays as it is. */
        CLEAN,
        /** The archive has rows of the keys and can be rewritten without them. */
        ERASABLE,
        /** The archive has rows of the keys and is held. */
        HELD,
        /** The archive has rows of the keys, and the window's ledger still knows its snapshot. */
        IN_WINDOW,
        /** The archive has rows of the keys, and its record could not be made anew. */
        NOT_REWRITABLE,
        /** It cannot be determined whether the archive has rows of the keys. */
        NOT_SEARCHABLE;

        /** Checks whether this keeps everything from being erased. */
        public boolean isObstacle() {
            return this != CLEAN && this != ERASABLE;
        }
    }

    /**
     * The result for one archive.
     *
     * @param archive the archive
     * @param rows rows of the keys in it; 0 where it cannot be searched
     * @param verdict the decision about it
     * @param remark why, where it is an obstacle
     * @param keyTypes the types that its key columns have; empty where it cannot be searched
     * @param unfitKeys the number of keys that are no values of these types, so that no row of it has them
     */
    public record Finding(
            ArchivedSnapshot archive,
            long rows,
            Verdict verdict,
            Optional<RemedyText> remark,
            List<ColumnType> keyTypes,
            int unfitKeys) {
        public Finding {
            keyTypes = List.copyOf(keyTypes);
            Objects.requireNonNull(archive, "archive");
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(remark, "remark");
        }
    }

    /**
     * A snapshot of the window that has no archive, or none yet.
     *
     * @param snapshot the snapshot
     * @param rows rows of the keys in it; empty: it could not be searched
     */
    public record Unarchived(WindowSnapshot snapshot, OptionalLong rows) {
        public Unarchived {
            Objects.requireNonNull(snapshot, "snapshot");
            Objects.requireNonNull(rows, "rows");
        }

        /** Checks whether the snapshot's save is under way or was interrupted. */
        public boolean isUnfinished() {
            return snapshot.state().isUnfinished();
        }
    }

    /**
     * A file that waits in the outbox to be archived.
     *
     * @param snapshotId its snapshot
     * @param partition the partition; empty where it cannot be read
     * @param rows rows of the keys in it; 0 where it cannot be read
     * @param remark why it cannot be read; empty: it can
     */
    public record WaitingFile(
            SnapshotId snapshotId, Optional<Partition> partition, long rows, Optional<RemedyText> remark) {
        public WaitingFile {
            Objects.requireNonNull(snapshotId, "snapshotId");
            Objects.requireNonNull(partition, "partition");
            Objects.requireNonNull(remark, "remark");
        }
    }

    public RedactionPlan {
        unmatchedKeys = List.copyOf(unmatchedKeys);
        archives = List.copyOf(archives);
        waiting = List.copyOf(waiting);
        unarchived = List.copyOf(unarchived);
        Objects.requireNonNull(unfinished, "unfinished");
    }

    /** Returns the archives that are to be rewritten. */
    public List<Finding> erasable() {
        return with(Verdict.ERASABLE);
    }

    /** Returns the findings of a verdict. */
    public List<Finding> with(Verdict verdict) {
        return archives.stream().filter(finding -> finding.verdict() == verdict).toList();
    }

    /** Returns the number of rows of the keys in the archives that can be rewritten. */
    public long erasableRows() {
        return erasable().stream().mapToLong(Finding::rows).sum();
    }

    /**
     * Returns the types that the key columns have in the archives, each combination once: a key is read as each of
     * them.
     */
    public List<List<ColumnType>> keyTypes() {
        return archives.stream()
                .map(Finding::keyTypes)
                .filter(types -> !types.isEmpty())
                .distinct()
                .toList();
    }

    /** Returns the rules by which the archives were hashed, each once: keys are compared by each archive's own. */
    public List<String> hashSpecs() {
        return archives.stream()
                .map(finding -> finding.archive().hashSpecId())
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /** Returns why nothing may be erased; empty: nothing is in the way. */
    public Optional<SnapshotException> refusal() {
        List<Finding> held = with(Verdict.HELD);
        if (!held.isEmpty()) {
            return Optional.of(SnapshotException.conflict("redaction refused: archives with these rows are held")
                    .where(names(held))
                    .actual(remarks(held))
                    .expected("archives without a hold; nothing was changed")
                    .nextStep("ask the holder and end the hold, or choose the archives ({0})", EngineRemedy.ARCHIVES)
                    .build());
        }
        List<Finding> inWindow = with(Verdict.IN_WINDOW);
        if (!inWindow.isEmpty()) {
            return Optional.of(SnapshotException.conflict("redaction refused: the window still has these rows")
                    .where(names(inWindow))
                    .actual(remarks(inWindow))
                    .expected("archives that have left the window; nothing was changed")
                    .nextStep("erase the rows at the source, save until these snapshots have left the window (as"
                            + " many saves as its keep count), then redact")
                    .build());
        }
        if (!waiting.isEmpty()) {
            return Optional.of(waitingRefusal());
        }
        List<Unarchived> withRows =
                unarchived.stream().filter(each -> each.rows().orElse(0) > 0).toList();
        if (!withRows.isEmpty()) {
            return Optional.of(SnapshotException.conflict("redaction refused: the window still has these rows")
                    .where("snapshots without an archive: " + snapshots(withRows))
                    .actual(withRows.size() + (withRows.size() == 1 ? " snapshot" : " snapshots"))
                    .expected("snapshots that have left the window; nothing was changed")
                    .nextStep(
                            "run {0} wherever saves run, as their files may wait there; erase the rows at the"
                                    + " source, save until these snapshots have left the window, then redact",
                            CommonRemedy.RECOVERY)
                    .build());
        }
        List<Unarchived> saving =
                unarchived.stream().filter(Unarchived::isUnfinished).toList();
        if (!saving.isEmpty() && unfinished == RedactionRequest.Unfinished.REFUSE) {
            return Optional.of(SnapshotException.conflict("redaction refused: saves are under way or were interrupted")
                    .where(snapshots(saving))
                    .actual(saving.size() + (saving.size() == 1 ? " save" : " saves"))
                    .expected("none, as they may have read the rows; nothing was changed")
                    .nextStep(
                            "let them end or run {0}, then redact; or accept them ({1}) and"
                                    + " search again afterwards",
                            CommonRemedy.RECOVERY, EngineRemedy.ACCEPT_UNFINISHED)
                    .build());
        }
        List<Finding> others = archives.stream()
                .filter(finding -> finding.verdict().isObstacle())
                .toList();
        if (!others.isEmpty()) {
            return Optional.of(
                    SnapshotException.invalidRequest("redaction refused: archives cannot be searched or rewritten")
                            .where(names(others))
                            .actual(remarks(others))
                            .expected("archives of the dataset as it is defined now; nothing was changed")
                            .nextStep(
                                    "define the dataset's key and hash rules as they were then, or choose the"
                                            + " archives ({0})",
                                    EngineRemedy.ARCHIVES)
                            .build());
        }
        return Optional.empty();
    }

    private SnapshotException waitingRefusal() {
        RemedyText files = RemedyText.joined(
                ", ",
                waiting.stream()
                        .map(file -> file.remark()
                                .map(reason -> RemedyText.of("{0} ({1})", file.snapshotId(), reason))
                                .orElse(RemedyText.plain(file.snapshotId().toString())))
                        .toList());
        return SnapshotException.conflict("redaction refused: files that wait in the outbox have these rows")
                .where(files)
                .actual(waiting.size() + (waiting.size() == 1 ? " file" : " files"))
                .expected("an outbox without them; nothing was changed")
                .nextStep(
                        "deliver them ({0}), save until they have left the window, then redact; if a file cannot be"
                                + " read, save its partition again and delete the file",
                        CommonRemedy.RECOVERY)
                .build();
    }

    private static String snapshots(List<Unarchived> unarchived) {
        return unarchived.stream()
                .map(each -> each.snapshot().id().map(Object::toString).orElse("a foreign writer's") + " of partition '"
                        + each.snapshot().partition() + "'")
                .collect(Collectors.joining(", "));
    }

    private static String names(List<Finding> findings) {
        return (findings.size() == 1 ? "archive " : "archives ")
                + findings.stream()
                        .map(finding -> finding.archive().id().toString())
                        .collect(Collectors.joining(", "));
    }

    private static RemedyText remarks(List<Finding> findings) {
        return RemedyText.joined(
                "; ",
                findings.stream()
                        .map(finding -> RemedyText.of(
                                "{0}: {1}",
                                finding.archive().id(), finding.remark().orElse(RemedyText.plain(""))))
                        .toList());
    }
}
