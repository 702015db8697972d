package io.hybridsnapshot.domain.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Another program computed the digests from the description of the form: lines {@code name=bytes:value}. */
class RecordDigestTest {
    private static final String FIRST_FORM = "450d8aaeb74131b41f684e7a1b579c974c2081925b26e8ea3b0ed35288eacfc2";
    private static final String IN_CHUNKS = "c351e893ed0bb8b4975816c109141e77cd9d1885b9b9d12c1096911787acc3e0";
    private static final String AS_A_WHOLE = "f0870fd178b0d6b75e6e3b95126af51ec6677bc0bc3722e606a57c64dfe14415";
    private static final String PREVIOUS = "ab".repeat(32);
    private static final Chunks CHUNKS =
            new Chunks(OptionalInt.of(100), OptionalInt.of(3), Optional.of("34".repeat(32)));

    @Test
    void aRecordSaysWhichChunksItsFileIsKeptIn() {
        assertEquals(IN_CHUNKS, RecordDigest.of(archive(CHUNKS), 7, PREVIOUS));
        assertEquals(AS_A_WHOLE, RecordDigest.of(archive(Chunks.NONE), 7, PREVIOUS));
    }

    @Test
    void recordsOfBothFormsAreKnownByTheirDigests() {
        assertTrue(RecordDigest.isOf(archive(CHUNKS), link(IN_CHUNKS)));
        assertTrue(RecordDigest.isOf(archive(Chunks.NONE), link(AS_A_WHOLE)));
        assertTrue(RecordDigest.isOf(archive(Chunks.NONE), link(FIRST_FORM)));
        assertTrue(RecordDigest.isOf(archive(CHUNKS), link(FIRST_FORM)), "the first form says nothing of chunks");
    }

    @Test
    void aRecordWhoseChunksWereExchangedHasNotItsDigest() {
        assertFalse(RecordDigest.isOf(archive(Chunks.NONE), link(IN_CHUNKS)));
        assertFalse(RecordDigest.isOf(archive(CHUNKS), link(AS_A_WHOLE)));
        Chunks exchanged = new Chunks(CHUNKS.size(), CHUNKS.count(), Optional.of("35".repeat(32)));
        assertFalse(RecordDigest.isOf(archive(exchanged), link(IN_CHUNKS)));
        assertFalse(RecordDigest.isOf(archive(CHUNKS), new ChainLink(8, PREVIOUS, FIRST_FORM)));
    }

    private static ChainLink link(String digest) {
        return new ChainLink(7, PREVIOUS, digest);
    }

    private static ArchivedSnapshot archive(Chunks chunks) {
        return ArchivedSnapshot.builder(
                        new ArchiveId(42), "größe", Partition.ALL, Instant.parse("2026-03-01T06:00:00.123456Z"))
                .snapshotId(Optional.of(new SnapshotId(new UUID(1, 2))))
                .sourceDatabase("ORDERS")
                .rowCount(OptionalLong.of(10))
                .size(300)
                .columnCount(OptionalInt.of(5))
                .schemaHash(Optional.of("5c".repeat(32)))
                .md5(Optional.of("cd".repeat(16)))
                .sha256(Optional.of("ef".repeat(32)))
                .hashSpecId(Optional.of("hsr1"))
                .fingerprint(Optional.of(new Fingerprint("12".repeat(32))))
                .changes(Optional.of(new DeltaSummary(1, 2, 7, 3)))
                .chunks(chunks)
                .build();
    }
}
