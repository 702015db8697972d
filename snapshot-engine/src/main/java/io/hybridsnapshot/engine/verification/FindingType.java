package io.hybridsnapshot.engine.verification;

import static io.hybridsnapshot.engine.verification.VerificationLevel.CATALOGUE;
import static io.hybridsnapshot.engine.verification.VerificationLevel.CONTENT;
import static io.hybridsnapshot.engine.verification.VerificationLevel.CROSS;
import static io.hybridsnapshot.engine.verification.VerificationLevel.DIGEST;

import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.Remedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.engine.error.EngineRemedy;

/** The types of findings. The names are part of the interface: programs read them. */
public enum FindingType {
    /** A record differs from the state that its digest was made of. */
    RECORD_CHANGED(CATALOGUE, Severity.ERROR, "restore the record from a backup, or find out who changed it and why"),
    /** Records within a chain are missing without a tombstone. */
    RECORDS_MISSING(CATALOGUE, Severity.ERROR, "restore the records from a backup"),
    /** The chain's head names records after the last one that is there. */
    END_MISSING(CATALOGUE, Severity.ERROR, "restore the records from a backup"),
    /** A record does not carry the digest of the one before it. */
    LINK_BROKEN(CATALOGUE, Severity.ERROR, "one of the two was replaced: compare both with a backup"),
    /** Two records claim one place in a chain, or one claims a place that no chain has. */
    POSITION_TAKEN(CATALOGUE, Severity.ERROR, "find out which of them was put there by hand"),
    /** The chain's head is not its last record. */
    HEAD_MISMATCH(CATALOGUE, Severity.ERROR, "compare the head with a backup and with an anchor of your own"),
    /** An archive belongs to no chain, so its removal or change would stay undetected. */
    ARCHIVE_WITHOUT_LINK(CATALOGUE, Severity.ERROR, "find out who put it there past the archive's triggers"),
    /** Redactions do not lead to the archive's record as it is. */
    REDACTION_INCONSISTENT(CATALOGUE, Severity.ERROR, "compare archive and redactions with a backup"),
    /**
     * The chain ends before a head that was noted earlier: the database was set back, or its end was removed and
     * hidden.
     */
    CHAIN_ROLLED_BACK(CATALOGUE, Severity.ERROR, "find out who restored which backup; what was archived since is lost"),
    /**
     * The chain is longer than a head that was noted earlier, but has another record at the head's place: its history
     * was rewritten.
     */
    CHAIN_REWRITTEN(CATALOGUE, Severity.ERROR, "compare the records up to there with a backup from that time"),
    /** A user removed an archive by a statement of their own. */
    REMOVED_BY_HAND(
            CATALOGUE, Severity.WARNING, "ask who did it; {0} removes archives with a reason", EngineRemedy.CLEAN_UP),
    /** A record is dated infinitely far away, or outside the years 1 to 9999. */
    DATE_IMPOSSIBLE(
            CATALOGUE,
            Severity.ERROR,
            "ask who wrote the record; retention and references by date take it for the newest or the oldest"),
    /** A record has an impossible value, such as a negative size or a date that is yet to come. */
    RECORD_IMPLAUSIBLE(CATALOGUE, Severity.WARNING, "ask who wrote the record"),

    /** The window refers to an archive that is not there, or that was removed because its snapshot was undone. */
    REFERENCE_DANGLING(CROSS, Severity.ERROR, "restore the archive from a backup, or save again"),
    /** The window refers to an archive that a user or a clean-up removed, as its tombstone says. */
    REFERENCE_TO_REMOVED(
            CROSS,
            Severity.WARNING,
            "none if the removal was meant: a new save has an archive again, and the reference leaves the window with"
                    + " its snapshot; otherwise restore the archive from a backup"),
    /** The window refers to an archive of another snapshot, partition, dataset or date. */
    REFERENCE_MISPLACED(CROSS, Severity.ERROR, "compare the window's ledger with the archive's records and correct it"),
    /** The window counts other rows than the archive. */
    WINDOW_ROW_COUNT_DIFFERS(CROSS, Severity.ERROR, "verify the content: it tells which of the two is wrong"),
    /** The window's fingerprint is not the archive's. */
    WINDOW_FINGERPRINT_DIFFERS(CROSS, Severity.ERROR, "verify the content: it tells which of the two is wrong"),
    /** Window and archive name different hash specs. */
    WINDOW_HASH_SPEC_DIFFERS(CROSS, Severity.ERROR, "verify the content: it tells which of the two is wrong"),
    /** Rows of the window are dated infinitely far away, or outside the years 1 to 9999. */
    WINDOW_DATE_IMPOSSIBLE(
            CROSS, Severity.ERROR, "ask who wrote the rows, and correct their snapshot_date or save again"),
    /**
     * Rows were added to those of a snapshot of ours, or all of them are dated like an archived snapshot and have no
     * batch id.
     */
    WINDOW_ROWS_NOT_THEIRS(
            CROSS, Severity.ERROR, "compare the window with the archive ({0}) and save again", EngineRemedy.COMPARISON),
    /**
     * Rows that the window's ledger counts are missing: all rows of a snapshot, or some. A foreign statement deleted
     * them, or an undo made a snapshot current whose rows had left the window.
     */
    WINDOW_ROWS_MISSING(
            CROSS,
            Severity.ERROR,
            "if an undo went back to a snapshot whose rows had left the window, save: the next save fills the window"
                    + " again; otherwise find out which statement deleted the rows, compare the archive, which has"
                    + " them, with the source, and save again"),
    /** Rows of the window have another date, row count or archive than the ledger's entry of their snapshot. */
    WINDOW_STAMPS_DIFFER(CROSS, Severity.ERROR, "find out which statement changed the rows, and save again"),
    /** Rows of the window carry other texts than the cells of their archive. */
    WINDOW_TEXTS_DIFFER(
            CROSS,
            Severity.ERROR,
            "compare the window's carried columns with an export of the archive; the next save writes changed"
                    + " rows anew"),
    /** Window and archive have different columns. */
    WINDOW_SCHEMA_DIFFERS(CROSS, Severity.ERROR, "verify the content: it tells which of the two is wrong"),
    /** The window does not refer to an archive, though its snapshot is archived. */
    REFERENCE_MISSING(CROSS, Severity.WARNING, "run {0}; if it stays, set the reference", CommonRemedy.RECOVERY),
    /** The window shows the snapshot, but its archive lacks the mark of published ones. */
    ARCHIVE_NOT_MARKED(CROSS, Severity.WARNING, "run {0}, which sets the mark", CommonRemedy.RECOVERY),
    /**
     * The archive belongs to no snapshot: the save that stored it was undone before, or the snapshot was taken back.
     */
    ARCHIVE_ORPHANED(CROSS, Severity.ERROR, "run {0}, which removes it, or end its hold first", CommonRemedy.RECOVERY),
    /** A published snapshot has no archive yet: its file waits in an outbox. */
    ARCHIVE_AWAITED(
            CROSS, Severity.WARNING, "run {0} where the file waits, once the archive is there", CommonRemedy.RECOVERY),
    /** A published snapshot has no archive, and the file that was to become its archive is gone from its outbox. */
    AWAITED_ARCHIVE_LOST(
            CROSS,
            Severity.ERROR,
            "restore the file from a backup of the work directory; or save the partition again: this state is"
                    + " not archived"),
    /**
     * A file in the outbox, maybe of another dataset, cannot become an archive: its description is damaged, or it was
     * cut short.
     */
    WAITING_FILE_DAMAGED(
            CROSS,
            Severity.ERROR,
            "restore the file from a backup of the work directory; or save the partition again and delete the file"),
    /** A file in the outbox cannot be read here. */
    WAITING_FILE_UNREADABLE(CROSS, Severity.WARNING, "verify as the user who saved, or check the disk"),
    /** The archive holds a newer snapshot than the window shows. */
    ARCHIVE_AHEAD_OF_WINDOW(
            CROSS,
            Severity.WARNING,
            "a save is under way or was interrupted ({0}), or the window's database was set back",
            CommonRemedy.RECOVERY),

    /** The number of stored bytes is not the record's. */
    SIZE_DIFFERS(DIGEST, Severity.ERROR, "restore the archive from a backup"),
    /** The stored bytes are not those that were archived. */
    BYTES_CHANGED(DIGEST, Severity.ERROR, "restore the archive from a backup"),
    /** The parts of a large file are not all there, or not in order. */
    CHUNKS_DAMAGED(DIGEST, Severity.ERROR, "restore the archive's parts from a backup"),
    /** The change set from the archive before, or its filter, is not the one that was stored. */
    CHANGE_SET_DAMAGED(
            DIGEST,
            Severity.ERROR,
            "the files of both archives are not affected: remove the change set, or restore it from a backup"),
    /** The rows in a file of the outbox are not those that were saved. */
    WAITING_FILE_CHANGED(
            DIGEST,
            Severity.ERROR,
            "restore the file from a backup of the work directory; or save the partition again and delete the file"),
    /** The record has no digest to compare with. */
    NO_DIGEST(DIGEST, Severity.WARNING, "its writer recorded none; only the content can be checked"),

    /** The file cannot be read to its end. */
    FILE_UNREADABLE(CONTENT, Severity.ERROR, "restore the archive from a backup"),
    /** The file's bytes are those that were archived, but cannot be decoded here. */
    FILE_NOT_DECODED(
            CONTENT,
            Severity.ERROR,
            "give the key that it was encrypted with, or read it with the version that wrote it"),
    /** The file's notes name another snapshot. */
    FILE_OF_ANOTHER_SNAPSHOT(CONTENT, Severity.ERROR, "find the archive that the file belongs to; restore this one"),
    /** The file has more or fewer rows than its record. */
    ROW_COUNT_DIFFERS(CONTENT, Severity.ERROR, "compare the record with a backup"),
    /** The file has other columns than its record. */
    SCHEMA_DIFFERS(CONTENT, Severity.ERROR, "compare the record with a backup"),
    /** The file's rows, hashed anew, do not have the fingerprint of the record. */
    FINGERPRINT_DIFFERS(
            CONTENT,
            Severity.ERROR,
            "compare the record with a backup; if its digests are right, check whether the dataset's key was"
                    + " another one then"),
    /** The window's rows do not have the fingerprint of its ledger. */
    WINDOW_ROWS_CHANGED(
            CONTENT,
            Severity.ERROR,
            "compare the window with the archive ({0}) and save again",
            EngineRemedy.COMPARISON);

    private final VerificationLevel level;
    private final Severity severity;
    private final RemedyText nextStep;

    FindingType(VerificationLevel level, Severity severity, String nextStep, Remedy... remedies) {
        this.level = level;
        this.severity = severity;
        this.nextStep = RemedyText.of(nextStep, (Object[]) remedies);
    }

    /** Returns the cheapest level that finds it. */
    public VerificationLevel level() {
        return level;
    }

    /** Returns how bad it is. */
    public Severity severity() {
        return severity;
    }

    /** Returns the user's next step, in the words of the Java API. */
    public String nextStep() {
        return nextStep.toString();
    }

    /** Returns the user's next step as a value, for an application that has words of its own. */
    public RemedyText nextStepText() {
        return nextStep;
    }
}
