package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import java.util.List;
import java.util.Objects;

/**
 * Items that a verification did not check, listed so that they are not taken for checked. Immutable.
 *
 * @param level the level
 * @param reason why
 * @param count how many; at least 1
 * @param archives the archives among them
 */
public record LeftOut(VerificationLevel level, Reason reason, long count, List<ArchiveId> archives) {
    /** The reasons for leaving items out. */
    public enum Reason {
        /** Archives that the sample did not take. */
        NOT_SAMPLED("archive", " not in the sample"),
        /** Archives, and snapshots of the window, that were not reached before the time was up. */
        TIME_IS_UP("archive or snapshot", "archives and snapshots", " whose turn did not come in the time given"),
        /** Archives that were removed or rewritten while the verification ran. */
        CHANGED_MEANWHILE("archive", " removed or rewritten meanwhile"),
        /** Partitions that changed faster than their records could be read as of one moment. */
        CHANGING("partition", " that changed all the time"),
        /** Partitions in an archive without {@link io.hybridsnapshot.domain.archive.ArchiveAudit}. */
        NO_CHAIN("partition", " in an archive that keeps no chain of its records"),
        /** Archives of another writer, which records too little about its files for the comparison. */
        OTHER_WRITER("archive", " of another writer, which leaves no fingerprint to compare with"),
        /** Archives by another writer in a form that the codec does not read. */
        OTHER_FORMAT("archive", " of another writer that cannot be decoded"),
        /** Archives with rows hashed by another spec than the dataset's present one; fingerprints were not compared. */
        OTHER_HASH_SPEC("archive", " hashed by another spec than the dataset's: fingerprint not compared"),
        /** Archives that lack the dataset's key columns; fingerprints were not compared. */
        KEY_UNKNOWN("archive", " without the key columns that the dataset has here: fingerprint not compared"),
        /** Snapshots of the window with a redacted archive; fingerprints were not compared. */
        REDACTED("snapshot", " whose archive was redacted: fingerprint not compared"),
        /** Snapshots of the window by another writer, without known properties. */
        FOREIGN_SNAPSHOT("snapshot", " of the window by another writer"),
        /** Snapshots of the window in a store that cannot report the stamps of their rows. */
        NO_STAMPS("snapshot", " whose rows the window cannot compare with its ledger"),
        /**
         * Snapshots of the window without an archive of ours that can be read; their carried texts were not compared.
         */
        NO_CELLS("snapshot", " without a readable archive: carried texts not compared"),
        /**
         * Snapshots of the window in a store that cannot report their carried columns; their carried texts were not
         * compared.
         */
        NO_TEXTS("snapshot", " of unknown carried columns in the window: carried texts not compared"),
        /** Snapshots that left the window while the verification ran. */
        LEFT_WINDOW("snapshot", " that left the window meanwhile");

        private final String one;
        private final String many;
        private final String why;

        Reason(String noun, String why) {
            this(noun, noun + "s", why);
        }

        Reason(String one, String many, String why) {
            this.one = one;
            this.many = many;
            this.why = why;
        }

        /** Returns the description of the items and the reason, for people. A count comes before it. */
        public String text(long count) {
            return (count == 1 ? one : many) + why;
        }
    }

    public LeftOut {
        Objects.requireNonNull(level, "level");
        Objects.requireNonNull(reason, "reason");
        archives = List.copyOf(archives);
        if (count < 1 || count < archives.size()) {
            throw SnapshotException.invalidRequest("nothing was left out")
                    .actual(count + ", " + Counted.of(archives.size(), "archive"))
                    .expected("at least 1 and every archive counted")
                    .build();
        }
    }
}
