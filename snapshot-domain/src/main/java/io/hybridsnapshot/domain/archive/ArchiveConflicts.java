package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The checks and errors that the port {@link ArchiveStore} promises, in one wording for all stores. A store decides
 * under its own lock when to check; the functions here decide what is a conflict. Stateless.
 */
public final class ArchiveConflicts {
    private ArchiveConflicts() {}

    /**
     * Checks whether the archive that a store already has under a submission's batch id is of the same attempt, rows,
     * dataset and partition. An archive without a fingerprint, of another writer, is compared by its MD5.
     *
     * @param there the existing archive of that batch id
     * @return the existing archive, which {@link ArchiveStore#store} returns
     * @throws SnapshotException CONFLICT if it is another attempt or another snapshot
     */
    public static ArchivedSnapshot requireSame(ArchiveSubmission submission, ArchivedSnapshot there) {
        if (there.fingerprint().isPresent() && there.attempt() != submission.attempt()) {
            throw SnapshotException.conflict("the archive holds another attempt at this batch id")
                    .where("batch " + submission.snapshotId())
                    .actual("archive " + there.id() + ", attempt " + there.attempt())
                    .expected("attempt " + submission.attempt())
                    .nextStep("save the snapshot again")
                    .build();
        }
        boolean sameContent = there.fingerprint().isPresent()
                ? there.fingerprint().get().equals(submission.fingerprint())
                : there.md5().equals(Optional.of(submission.file().md5()));
        if (sameContent
                && there.dataset().equals(submission.dataset())
                && there.partition().equals(submission.partition())) {
            return there;
        }
        throw SnapshotException.conflict("the archive holds another snapshot under this batch id")
                .where("batch " + submission.snapshotId())
                .actual("archive " + there.id() + " of " + there.dataset() + ", partition '" + there.partition()
                        + "', fingerprint "
                        + there.fingerprint().map(Object::toString).orElse("unknown"))
                .expected(submission.dataset() + ", partition '" + submission.partition() + "', fingerprint "
                        + submission.fingerprint())
                .nextStep("save the snapshot under a new batch id")
                .build();
    }

    /** Makes the error for a submission with a date at which its dataset's partition has another archive. */
    public static SnapshotException dateTaken(ArchiveSubmission submission) {
        return taken(submission).build();
    }

    /** Makes the same error with the store's own error as its cause. */
    public static SnapshotException dateTaken(ArchiveSubmission submission, Throwable cause) {
        return taken(submission).cause(cause).build();
    }

    private static SnapshotException.Builder taken(ArchiveSubmission submission) {
        return SnapshotException.conflict("the archive holds another snapshot of this date")
                .where("dataset " + submission.dataset() + ", partition '" + submission.partition() + "'")
                .actual("a snapshot dated " + submission.date() + " with another batch id")
                .expected("one snapshot for each date")
                .nextStep("save it with another date");
    }

    /** Makes the error for a number that no archive has. */
    public static SnapshotException missing(ArchiveId id) {
        return SnapshotException.invalidRequest("no such archive")
                .actual("archive " + id)
                .expected("the number of an archive")
                .nextStep("list the archives to see their numbers")
                .build();
    }

    /** Makes the error for an archive that has no change set. */
    public static SnapshotException noChangeSet(ArchiveId id) {
        return SnapshotException.invalidRequest("the archive has no change set")
                .where("archive " + id)
                .expected("an archive that keeps the changes from the archive before it")
                .nextStep("compare the files of the two archives")
                .build();
    }

    /** Makes the error for a change set whose base is no archive of the later archive's dataset and partition. */
    public static SnapshotException missingBase(ArchivedSnapshot later, ArchiveId base) {
        return SnapshotException.invalidRequest("the base of the change set is not there")
                .where("archive " + later.id())
                .actual("archive " + base)
                .expected("another archive of dataset " + later.dataset() + ", partition '" + later.partition() + "'")
                .nextStep("list the archives to see their numbers")
                .build();
    }

    /**
     * Checks that an archive still has the record that it had when its file was compared.
     *
     * @throws SnapshotException CONFLICT if its record is another one
     */
    public static void requireCompared(ChangeSetSubmission submission, ArchivedSnapshot archive) {
        if (!submission.isOf(archive)) {
            throw SnapshotException.conflict("an archive changed after its file was compared")
                    .where("archive " + archive.id())
                    .actual("record digest "
                            + archive.link().map(ChainLink::digest).orElse("none"))
                    .expected(submission.compared().getOrDefault(archive.id(), ""))
                    .nextStep("build the change set again")
                    .build();
        }
    }

    /**
     * Checks whether the change set that an archive already has starts from a submission's base.
     *
     * @return the existing change set, which {@link ChangeSetStore#add} returns
     * @throws SnapshotException CONFLICT if it starts from another archive
     */
    public static ChangeSet requireSameBase(ChangeSetSubmission submission, ChangeSet there) {
        if (!there.base().equals(submission.base())) {
            throw SnapshotException.conflict("the archive has a change set from another archive")
                    .where("archive " + there.archive())
                    .actual("a change set from archive " + there.base())
                    .expected("none, or one from archive " + submission.base())
                    .nextStep("remove the change set that is there first")
                    .build();
        }
        return there;
    }

    /**
     * Checks that no hold of these archives is in force.
     *
     * @throws SnapshotException CONFLICT naming the held archives and their holds
     */
    public static void requireNotHeld(Collection<ArchivedSnapshot> archives, Instant moment) {
        List<ArchivedSnapshot> held = archives.stream()
                .filter(archive ->
                        archive.hold().filter(hold -> hold.holdsAt(moment)).isPresent())
                .toList();
        if (!held.isEmpty()) {
            throw held(held);
        }
    }

    /** Makes the error for held archives that were to be removed or rewritten. */
    public static SnapshotException held(Collection<ArchivedSnapshot> archives) {
        List<String> holds = archives.stream()
                .map(archive -> "archive " + archive.id() + ": "
                        + archive.hold().map(Hold::toString).orElse("released a moment ago"))
                .toList();
        return SnapshotException.conflict("an archive is held; nothing was changed")
                .actual(String.join("; ", holds))
                .expected("archives without a hold in force")
                .nextStep("leave it out, or end its hold")
                .build();
    }

    /**
     * Checks that an archive's record is still the one that a redacted file was made from.
     *
     * @throws SnapshotException CONFLICT if its digest is another one, or if it has none
     */
    public static void requireUnchanged(RedactionSubmission submission, ArchivedSnapshot there) {
        Objects.requireNonNull(submission, "submission");
        String digest = there.link().map(ChainLink::digest).orElse("none");
        if (!digest.equals(submission.replacedDigest())) {
            throw SnapshotException.conflict("the archive is not the one that the redacted file was made from")
                    .where("archive " + there.id())
                    .actual("record digest " + digest)
                    .expected(submission.replacedDigest())
                    .nextStep("redact it again")
                    .build();
        }
    }
}
