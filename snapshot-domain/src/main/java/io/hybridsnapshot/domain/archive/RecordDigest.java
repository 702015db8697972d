package io.hybridsnapshot.domain.archive;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.schema.FieldDigest;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.SnapshotDates;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * The digest of an archive's record, which the next record of its chain carries: lower-case hex SHA-256 in the form of
 * {@link FieldDigest}. Moments are microseconds since 1970 in UTC. Values that may change during an archive's life
 * (tags, retention, holds) are not included. The archive's database computes the same digest for every writer.
 * Stateless.
 */
public final class RecordDigest {
    private static final String ARCHIVE_FORM = "hybrid-snapshots archive 2";
    private static final String FIRST_ARCHIVE_FORM = "hybrid-snapshots archive 1";
    private static final String REDACTION_FORM = "hybrid-snapshots redaction 1";
    private static final String CHANGE_SET_FORM = "hybrid-snapshots change set 1";

    private RecordDigest() {}

    /**
     * Computes the digest of an archive's record at a place in its chain.
     *
     * @param number its position in the chain
     * @param previousDigest the digest of the link before it
     */
    public static String of(ArchivedSnapshot archive, long number, String previousDigest) {
        Chunks chunks = archive.chunks();
        return lines(ARCHIVE_FORM, archive, number, previousDigest)
                .line(
                        "chunk_bytes",
                        present(chunks.size().isPresent(), chunks.size().orElse(0)))
                .line(
                        "chunk_count",
                        present(chunks.count().isPresent(), chunks.count().orElse(0)))
                .line("chunks_sha256", chunks.sha256())
                .hex();
    }

    /**
     * Checks whether a link has the digest of an archive's record, in today's form or in the first one. Older records
     * have the first form, which does not include chunks. A digest of one form never equals one of the other, so a new
     * record cannot pass for an old one.
     */
    public static boolean isOf(ArchivedSnapshot archive, ChainLink link) {
        return link.digest().equals(of(archive, link.number(), link.previousDigest()))
                || link.digest()
                        .equals(lines(FIRST_ARCHIVE_FORM, archive, link.number(), link.previousDigest())
                                .hex());
    }

    private static FieldDigest lines(String form, ArchivedSnapshot archive, long number, String previousDigest) {
        Optional<DeltaSummary> changes = archive.changes();
        return new FieldDigest(form)
                .line("chain_no", number)
                .line("previous_digest", previousDigest)
                .line("archive_id", archive.id().value())
                .line("source_database", archive.sourceDatabase())
                .line("source_table", archive.dataset())
                .line("customer_filter", archive.partition().name())
                .line("snapshot_date", micros(archive.date()))
                .line("batch_id", archive.snapshotId().map(SnapshotId::toString))
                .line(
                        "records_count",
                        present(
                                archive.rowCount().isPresent(),
                                archive.rowCount().orElse(0)))
                .line("parquet_size", archive.size())
                .line(
                        "original_columns",
                        present(
                                archive.columnCount().isPresent(),
                                archive.columnCount().orElse(0)))
                .line("schema_hash", archive.schemaHash())
                .line("file_checksum", archive.md5())
                .line("sha256", archive.sha256())
                .line(
                        "uncompressed_size",
                        present(
                                archive.uncompressedSize().isPresent(),
                                archive.uncompressedSize().orElse(0)))
                .line("hash_spec_id", archive.hashSpecId())
                .line("fingerprint", archive.fingerprint().map(Fingerprint::hex))
                .line("rows_new", changes.map(DeltaSummary::added).map(String::valueOf))
                .line("rows_changed", changes.map(DeltaSummary::changed).map(String::valueOf))
                .line("rows_unchanged", changes.map(DeltaSummary::unchanged).map(String::valueOf))
                .line("rows_deleted", changes.map(DeltaSummary::deleted).map(String::valueOf));
    }

    /** Computes the digest of a redaction's record. {@link ChainLink#digest()} of its own link is not read. */
    public static String of(Redaction redaction) {
        return new FieldDigest(REDACTION_FORM)
                .line("chain_no", redaction.link().number())
                .line("previous_digest", redaction.link().previousDigest())
                .line("archive_id", redaction.archive().value())
                .line("source_table", redaction.dataset())
                .line("customer_filter", redaction.partition().name())
                .line("replaced_digest", redaction.replacedDigest())
                .line("record_digest", redaction.recordDigest())
                .line("redacted_at", micros(redaction.at()))
                .line("redacted_by", redaction.by())
                .line("reason", redaction.reason())
                .line("erased_rows", redaction.erasedRows())
                .hex();
    }

    /** Computes the digest of a change set's record. {@link ChainLink#digest()} of its own link is not read. */
    public static String of(ChangeSet changeSet) {
        ChainLink link = changeSet.link().orElseThrow();
        return new FieldDigest(CHANGE_SET_FORM)
                .line("chain_no", link.number())
                .line("previous_digest", link.previousDigest())
                .line("change_set_no", changeSet.number())
                .line("archive_id", changeSet.archive().value())
                .line("base_archive_id", changeSet.base().value())
                .line("source_table", changeSet.dataset())
                .line("customer_filter", changeSet.partition().name())
                .line("snapshot_date", micros(changeSet.date()))
                .line("rows_new", changeSet.counts().added())
                .line("rows_changed", changeSet.counts().changed())
                .line("rows_touched", changeSet.counts().touched())
                .line("rows_deleted", changeSet.counts().deleted())
                .line("data_size", changeSet.size())
                .line("sha256", changeSet.sha256())
                .line("filter_sha256", changeSet.filterSha256())
                .line("created_at", micros(changeSet.createdAt()))
                .hex();
    }

    private static Optional<String> present(boolean known, long value) {
        return known ? Optional.of(Long.toString(value)) : Optional.empty();
    }

    /**
     * Writes a moment as the archive's database does. The database has no 64-bit limit and has words for infinite
     * moments.
     */
    private static String micros(Instant moment) {
        if (moment.equals(SnapshotDates.INFINITY)) {
            return "Infinity";
        }
        if (moment.equals(SnapshotDates.NEGATIVE_INFINITY)) {
            return "-Infinity";
        }
        return BigInteger.valueOf(moment.getEpochSecond())
                .multiply(BigInteger.valueOf(1_000_000))
                .add(BigInteger.valueOf(moment.getNano() / 1_000))
                .toString();
    }
}
