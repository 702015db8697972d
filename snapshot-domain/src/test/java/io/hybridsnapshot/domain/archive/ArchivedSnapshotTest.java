package io.hybridsnapshot.domain.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * The arithmetic of the chain. Another program computed the digests from the description of the forms: lines {@code
 * name=bytes:value}.
 */
class ArchivedSnapshotTest {
    private static final Instant NOW = Instant.parse("2026-03-02T07:00:00.000001Z");
    private static final String PREVIOUS = "ab".repeat(32);
    private static final String AS_A_WHOLE = "f0870fd178b0d6b75e6e3b95126af51ec6677bc0bc3722e606a57c64dfe14415";
    private static final ChainHead HEAD = new ChainHead("größe", Partition.ALL, 6, PREVIOUS);

    private final ArchiveSubmission submission = ArchiveSubmission.builder(
                    new SnapshotId(new UUID(1, 2)),
                    "größe",
                    Partition.ALL,
                    Instant.parse("2026-03-01T06:00:00.123456Z"),
                    file(10, 300, "cd", "ef"))
            .sourceDatabase("ORDERS")
            .columnCount(5)
            .schemaHash("5c".repeat(32))
            .hashSpecId("hsr1")
            .fingerprint(new Fingerprint("12".repeat(32)))
            .changes(Optional.of(new DeltaSummary(1, 2, 7, 3)))
            .tags(Map.of("run", "7"))
            .retentionUntil(Optional.of(LocalDate.of(2030, 1, 1)))
            .attempt(3)
            .build();

    private static WrittenFile file(long rows, long size, String md5, String sha256) {
        return new WrittenFile(Path.of("rows"), rows, size, 900, md5.repeat(16), sha256.repeat(32));
    }

    @Test
    void aRecordHasTheValuesOfItsSubmissionAndFollowsTheHead() {
        ArchivedSnapshot stored = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, HEAD);
        assertEquals(
                ArchivedSnapshot.builder(new ArchiveId(42), "größe", Partition.ALL, submission.date())
                        .snapshotId(Optional.of(submission.snapshotId()))
                        .sourceDatabase("ORDERS")
                        .rowCount(OptionalLong.of(10))
                        .size(300)
                        .uncompressedSize(OptionalLong.of(900))
                        .columnCount(OptionalInt.of(5))
                        .schemaHash(Optional.of("5c".repeat(32)))
                        .md5(Optional.of("cd".repeat(16)))
                        .sha256(Optional.of("ef".repeat(32)))
                        .hashSpecId(Optional.of("hsr1"))
                        .fingerprint(Optional.of(submission.fingerprint()))
                        .createdAt(Optional.of(NOW))
                        .retentionUntil(submission.retentionUntil())
                        .tags(Map.of("run", "7"))
                        .changes(submission.changes())
                        .link(stored.link())
                        .attempt(3)
                        .build(),
                stored);
        ChainLink link = stored.link().orElseThrow();
        assertEquals(7, link.number());
        assertEquals(PREVIOUS, link.previousDigest());
        assertTrue(RecordDigest.isOf(stored, link));
        assertEquals(new ChainHead("größe", Partition.ALL, 7, link.digest()), HEAD.followedBy(link));
    }

    @Test
    void digestIsTheOneOfTheForm() {
        ArchivedSnapshot unknownSize = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW).toBuilder()
                .uncompressedSize(OptionalLong.empty())
                .build();
        assertEquals(AS_A_WHOLE, RecordDigest.of(unknownSize, 7, PREVIOUS));
        assertEquals(Optional.empty(), unknownSize.link());
    }

    @Test
    void theFirstLinkFollowsTheHeadOfNone() {
        ArchivedSnapshot first = ArchivedSnapshot.of(
                submission, new ArchiveId(1), NOW, ChainHead.none(submission.dataset(), submission.partition()));
        assertEquals(1, first.link().orElseThrow().number());
        assertEquals("0".repeat(64), first.link().orElseThrow().previousDigest());
    }

    @Test
    void aRecordJoinsNoOtherChain() {
        for (ChainHead other : new ChainHead[] {
            new ChainHead("OTHER", Partition.ALL, 6, PREVIOUS), new ChainHead("größe", new Partition("B"), 6, PREVIOUS)
        }) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, other));
        }
    }

    @Test
    void aLinkThatDoesNotFollowAHeadIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> HEAD.followedBy(new ChainLink(8, PREVIOUS, "x")));
        assertThrows(IllegalArgumentException.class, () -> HEAD.followedBy(new ChainLink(7, "cd".repeat(32), "x")));
    }

    @Test
    void theDigestSaysInWhichPartsTheFileIsKept() {
        Chunks chunks = new Chunks(OptionalInt.of(100), OptionalInt.of(3), Optional.of("34".repeat(32)));
        ArchivedSnapshot whole = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, HEAD);
        ArchivedSnapshot parts = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, chunks, HEAD);
        assertEquals(chunks, parts.chunks());
        assertNotEquals(whole.link(), parts.link());
        assertTrue(RecordDigest.isOf(parts, parts.link().orElseThrow()));
    }

    @Test
    void aRedactedRecordKeepsItsPlaceAndTheRedactionIsTheNextLink() {
        ArchivedSnapshot before = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, HEAD);
        ChainHead head = new ChainHead("größe", Partition.ALL, 9, "99".repeat(32));
        Instant at = NOW.plusSeconds(60);
        RedactedArchive redacted = before.redactedBy(redaction(before), at, "anna", head);
        ArchivedSnapshot after = redacted.archive();
        assertEquals(
                before.toBuilder()
                        .rowCount(OptionalLong.of(8))
                        .size(250)
                        .md5(Optional.of("ce".repeat(16)))
                        .sha256(Optional.of("ee".repeat(32)))
                        .fingerprint(Optional.of(new Fingerprint("13".repeat(32))))
                        .link(after.link())
                        .build(),
                after);
        ChainLink place = after.link().orElseThrow();
        assertEquals(7, place.number());
        assertEquals(PREVIOUS, place.previousDigest());
        assertEquals(RecordDigest.of(after, 7, PREVIOUS), place.digest());
        Redaction audit = redacted.redaction();
        assertEquals(
                new Redaction(
                        new ArchiveId(42),
                        "größe",
                        Partition.ALL,
                        new ChainLink(10, head.digest(), RecordDigest.of(audit)),
                        before.link().orElseThrow().digest(),
                        place.digest(),
                        at,
                        "anna",
                        "erasure request 7",
                        2),
                audit);
        assertEquals(10, head.followedBy(audit.link()).number());
    }

    @Test
    void aRedactionOfAnotherRecordIsAConflict() {
        ArchivedSnapshot before = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, HEAD);
        RedactionSubmission redaction = redaction(before);
        ArchivedSnapshot after = before.redactedBy(redaction, NOW, "anna", HEAD).archive();
        assertConflict(() -> after.redactedBy(redaction, NOW, "anna", HEAD));
        assertConflict(
                () -> before.toBuilder().link(Optional.empty()).build().redactedBy(redaction, NOW, "anna", HEAD));
    }

    @Test
    void aHeldArchiveIsNeitherRedactedNorRemoved() {
        ArchivedSnapshot before = ArchivedSnapshot.of(submission, new ArchiveId(42), NOW, HEAD);
        Hold until = new Hold(Optional.of("legal"), "case 7", Optional.of(LocalDate.of(2026, 3, 3)));
        ArchivedSnapshot held = before.toBuilder().hold(Optional.of(until)).build();
        assertConflict(() -> held.redactedBy(redaction(before), NOW, "anna", HEAD));
        assertConflict(() -> held.removedBy("anna", NOW, "retention"));
        Instant over = Instant.parse("2026-03-03T00:00:00Z");
        assertEquals(
                new Tombstone(held, over, "anna", Optional.of("retention")), held.removedBy("anna", over, "retention"));
        assertEquals(
                8,
                held.redactedBy(redaction(before), over, "anna", HEAD)
                        .archive()
                        .rowCount()
                        .orElseThrow());
    }

    @Test
    void aRecordWithoutARequiredValueIsNotBuilt() {
        assertThrows(
                IllegalStateException.class,
                () -> ArchivedSnapshot.builder(new ArchiveId(1), "D", Partition.ALL, NOW)
                        .sourceDatabase("ORDERS")
                        .build());
        assertThrows(
                IllegalStateException.class,
                () -> ArchiveSubmission.builder(submission.snapshotId(), "D", Partition.ALL, NOW, submission.file())
                        .sourceDatabase("ORDERS")
                        .columnCount(1)
                        .schemaHash("h")
                        .hashSpecId("hsr1")
                        .build());
    }

    @Test
    void aCopyHasEveryValue() {
        assertEquals(submission, submission.toBuilder().build());
        ArchivedSnapshot record = ArchivedSnapshot.of(
                submission,
                new ArchiveId(42),
                NOW,
                new Chunks(OptionalInt.of(1), OptionalInt.of(2), Optional.of("x")),
                HEAD);
        ArchivedSnapshot held = record.toBuilder()
                .hold(Optional.of(new Hold(Optional.empty(), "case", Optional.empty())))
                .build();
        assertEquals(held, held.toBuilder().build());
        assertEquals(record, held.toBuilder().hold(Optional.empty()).build());
    }

    private static RedactionSubmission redaction(ArchivedSnapshot archive) {
        return new RedactionSubmission(
                archive.id(),
                archive.link().orElseThrow().digest(),
                file(8, 250, "ce", "ee"),
                Optional.of(new Fingerprint("13".repeat(32))),
                2,
                "erasure request 7");
    }

    private static void assertConflict(Runnable call) {
        SnapshotException error = assertThrows(SnapshotException.class, call::run);
        assertEquals(SnapshotException.Kind.CONFLICT, error.kind(), error::getMessage);
    }
}
