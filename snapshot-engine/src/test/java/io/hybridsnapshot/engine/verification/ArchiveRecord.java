package io.hybridsnapshot.engine.verification;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Chunks;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A record of the archive for tests that change it field by field. */
final class ArchiveRecord {
    private final ArchivedSnapshot from;
    ArchiveId id;
    Optional<SnapshotId> snapshotId;
    Partition partition;
    Instant date;
    OptionalLong rowCount;
    long size;
    OptionalInt columnCount;
    Optional<String> schemaHash;
    Optional<String> md5;
    Optional<String> sha256;
    Optional<String> hashSpecId;
    Optional<Fingerprint> fingerprint;
    Chunks chunks;
    Optional<ChainLink> link;

    ArchiveRecord(ArchivedSnapshot from) {
        this.from = from;
        id = from.id();
        snapshotId = from.snapshotId();
        partition = from.partition();
        date = from.date();
        rowCount = from.rowCount();
        size = from.size();
        columnCount = from.columnCount();
        schemaHash = from.schemaHash();
        md5 = from.md5();
        sha256 = from.sha256();
        hashSpecId = from.hashSpecId();
        fingerprint = from.fingerprint();
        chunks = from.chunks();
        link = from.link();
    }

    /** The record as the pipeline writes it, without the values that the pipeline did not know. */
    ArchiveRecord byThePipeline() {
        sha256 = Optional.empty();
        hashSpecId = Optional.empty();
        fingerprint = Optional.empty();
        schemaHash = Optional.of("8d777f385d3dfec8815d20f7496026dc");
        return this;
    }

    ArchivedSnapshot changed() {
        return from.toBuilder()
                .id(id)
                .partition(partition)
                .date(date)
                .snapshotId(snapshotId)
                .rowCount(rowCount)
                .size(size)
                .columnCount(columnCount)
                .schemaHash(schemaHash)
                .md5(md5)
                .sha256(sha256)
                .hashSpecId(hashSpecId)
                .fingerprint(fingerprint)
                .chunks(chunks)
                .link(link)
                .build();
    }
}
