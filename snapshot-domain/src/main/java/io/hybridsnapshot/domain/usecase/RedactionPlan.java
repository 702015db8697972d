package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Where rows of some keys are, and whether they can be erased there. It names no key. Immutable.
 *
 * @param keys how many different keys were looked for
 * @param unmatchedKeys the positions (from 1) of the keys that no archive and no waiting file has a row of
 * @param archives what was found in each archive, newest first
 * @param waiting files of the outbox with such rows, or that cannot be read
 * @param unfinished what saves have begun and neither published nor undone: an archive that one of them makes later is not searched
 */
public record RedactionPlan(
        int keys,
        List<Integer> unmatchedKeys,
        List<Finding> archives,
        List<WaitingFile> waiting,
        List<WindowSnapshot> unfinished) {
    /** What can be done about an archive. */
    public enum Verdict {
        /** It has no row of the keys; it is left alone. */
        CLEAN,
        /** It has rows of the keys and can be rewritten without them. */
        ERASABLE,
        /** It has rows of the keys, and somebody holds it. */
        HELD,
        /** It has rows of the keys, and the window's ledger still knows its snapshot. */
        IN_WINDOW,
        /** It has rows of the keys, and nobody could say how to make its record anew. */
        NOT_REWRITABLE,
        /** Nobody can say whether it has rows of the keys. */
        NOT_SEARCHABLE;

        /** Whether this keeps everything from being erased. */
        public boolean isObstacle() {
            return this != CLEAN && this != ERASABLE;
        }
    }

    /**
     * What was found in an archive.
     *
     * @param archive the archive
     * @param rows rows of the keys in it; 0 where it cannot be searched
     * @param verdict what can be done about it
     * @param remark why, where it is an obstacle
     */
    public record Finding(ArchivedSnapshot archive, long rows, Verdict verdict, Optional<String> remark) {
        public Finding {
            Objects.requireNonNull(archive, "archive");
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(remark, "remark");
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
            SnapshotId snapshotId, Optional<Partition> partition, long rows, Optional<String> remark) {
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
        unfinished = List.copyOf(unfinished);
    }

    /** The archives that are to be rewritten. */
    public List<Finding> erasable() {
        return with(Verdict.ERASABLE);
    }

    /** The findings of a verdict. */
    public List<Finding> with(Verdict verdict) {
        return archives.stream().filter(finding -> finding.verdict() == verdict).toList();
    }

    /** Rows of the keys in the archives that can be rewritten. */
    public long erasableRows() {
        return erasable().stream().mapToLong(Finding::rows).sum();
    }

    /** Why nothing may be erased; empty: nothing is in the way. */
    public Optional<SnapshotException> refusal() {
        List<Finding> held = with(Verdict.HELD);
        if (!held.isEmpty()) {
            return Optional.of(SnapshotException.conflict("redaction refused: archives with these rows are held")
                    .where(names(held))
                    .actual(remarks(held))
                    .expected("archives that nobody holds; nothing was changed")
                    .nextStep("ask the holder and end the hold, or choose the archives (--archive)")
                    .build());
        }
        List<Finding> inWindow = with(Verdict.IN_WINDOW);
        if (!inWindow.isEmpty()) {
            return Optional.of(SnapshotException.conflict("redaction refused: the window still has these rows")
                    .where(names(inWindow))
                    .actual(remarks(inWindow))
                    .expected("archives that have left the window; nothing was changed")
                    .nextStep(
                            "erase the rows at the source, save until these snapshots have left the window (as many saves as its"
                                    + " keep count), then redact")
                    .build());
        }
        if (!waiting.isEmpty()) {
            return Optional.of(waitingRefusal());
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
                                    "define the dataset's key and hash rules as they were then, or choose the archives (--archive)")
                            .build());
        }
        return Optional.empty();
    }

    private SnapshotException waitingRefusal() {
        String files = waiting.stream()
                .map(file -> file.snapshotId()
                        + file.remark().map(reason -> " (" + reason + ")").orElse(""))
                .collect(Collectors.joining(", "));
        return SnapshotException.conflict("redaction refused: files that wait in the outbox have these rows")
                .where(files)
                .actual(waiting.size() + (waiting.size() == 1 ? " file" : " files"))
                .expected("an outbox without them; nothing was changed")
                .nextStep("deliver them ('snapshot recover'), save until they have left the window, then redact")
                .build();
    }

    private static String names(List<Finding> findings) {
        return (findings.size() == 1 ? "archive " : "archives ")
                + findings.stream()
                        .map(finding -> finding.archive().id().toString())
                        .collect(Collectors.joining(", "));
    }

    private static String remarks(List<Finding> findings) {
        return findings.stream()
                .map(finding -> finding.archive().id() + ": " + finding.remark().orElse(""))
                .collect(Collectors.joining("; "));
    }
}
