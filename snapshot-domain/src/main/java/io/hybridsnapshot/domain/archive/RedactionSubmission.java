package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import java.util.Objects;
import java.util.Optional;

/**
 * The file that is to replace an archive's file and lacks the rows to erase. Immutable.
 *
 * @param archive the archive
 * @param replacedDigest the digest of the archive's record that the file was made from ({@link ChainLink#digest()})
 * @param file the complete new file; it is read, never changed
 * @param fingerprint over the remaining rows; empty for an archive of another writer, which has none
 * @param erasedRows rows that are erased; at least 1
 * @param reason why; not blank
 */
public record RedactionSubmission(
        ArchiveId archive,
        String replacedDigest,
        WrittenFile file,
        Optional<Fingerprint> fingerprint,
        long erasedRows,
        String reason) {
    public RedactionSubmission {
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(replacedDigest, "replacedDigest");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(fingerprint, "fingerprint");
        if (erasedRows < 1 || reason.isBlank()) {
            throw SnapshotException.invalidRequest("not a redaction")
                    .actual(erasedRows + " rows, reason '" + reason + "'")
                    .expected("at least one row and a reason")
                    .build();
        }
    }
}
