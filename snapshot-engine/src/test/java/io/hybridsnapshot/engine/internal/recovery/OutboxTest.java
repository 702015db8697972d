package io.hybridsnapshot.engine.internal.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
    private static final Instant DATE = Instant.parse("2026-09-27T10:00:00Z");
    private static final byte[] ROWS = "PAR1 some rows PAR1".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    Path work;

    private Outbox outbox;
    private Path directory;

    @BeforeEach
    void anOutbox() {
        outbox = new Outbox(work);
        directory = work.resolve("outbox");
    }

    @Test
    void whatIsPutIsReadBackWhole() throws IOException {
        ArchiveSubmission submission = put("orders", DATE, "ALL");
        ArchiveSubmission found = outbox.find("orders", submission.snapshotId()).orElseThrow();
        assertEquals(submission.tags(), found.tags());
        assertEquals(submission.partition(), found.partition());
        assertEquals(submission.date(), found.date());
        assertEquals(submission.retentionUntil(), found.retentionUntil());
        assertEquals(submission.changes(), found.changes());
        assertEquals(submission.fingerprint(), found.fingerprint());
        assertEquals(submission.file().sha256(), found.file().sha256());
        try (InputStream rows = found.file().openBytes()) {
            assertArrayEquals(ROWS, rows.readAllBytes());
        }
        byte[] ranged = new byte[ROWS.length];
        try (FileBytes bytes = FileBytes.open(found.file())) {
            assertEquals(ROWS.length, bytes.length());
            bytes.read(0, ranged, 0, ranged.length);
            assertThrows(SnapshotException.class, () -> bytes.read(1, ranged, 0, ranged.length));
        }
        assertArrayEquals(ROWS, ranged);
        assertTrue(outbox.requireSound(found));
        assertFalse(Files.exists(submission.file().file()), "the file was moved, not copied");
        assertEquals(1, files().size());
        outbox.remove("orders", submission.snapshotId());
        assertEquals(List.of(), files());
        assertEquals(Optional.empty(), outbox.find("orders", submission.snapshotId()));
        assertFalse(outbox.requireSound(found), "it was delivered meanwhile");
    }

    @Test
    void onlyTheOwnerMayReadAnything() throws IOException {
        assumeTrue(work.getFileSystem().supportedFileAttributeViews().contains("posix"), "POSIX permissions");
        Files.createDirectory(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        put("orders", DATE, "ALL");
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(only())));
    }

    /** Every byte of description and footer, and the rows' by their digest. */
    @Test
    void anyChangedByteIsTold() throws IOException {
        ArchiveSubmission submission = put("orders", DATE, "ALL");
        Path file = only();
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 0; at < bytes.length; at++) {
            byte[] changed = bytes.clone();
            changed[at] ^= 0x10;
            Files.write(file, changed);
            int position = at;
            SnapshotException error = assertThrows(
                    SnapshotException.class,
                    () -> outbox.requireSound(
                            outbox.find("orders", submission.snapshotId()).orElseThrow()),
                    () -> "byte " + position);
            assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
            assertTrue(error.getMessage().contains(file.toString()), error.getMessage());
        }
    }

    @Test
    void aFileThatIsCutOrGrewIsTold() throws IOException {
        ArchiveSubmission submission = put("orders", DATE, "ALL");
        Path file = only();
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length <= bytes.length + 1; length++) {
            if (length != bytes.length) {
                Files.write(file, Arrays.copyOf(bytes, length));
                assertEquals(
                        SnapshotException.Kind.CORRUPT,
                        damaged("orders").reason().kind());
            }
        }
        // Rows that lost their first bytes.
        Files.write(file, Arrays.copyOfRange(bytes, 3, bytes.length));
        assertEquals(submission.snapshotId(), damaged("orders").id());
    }

    @Test
    void aDamagedFileConcernsItsOwnDatasetAlone() throws IOException {
        ArchiveSubmission broken = put("orders", DATE, "ALL");
        Files.writeString(only(), "no entry at all");
        Files.createDirectory(directory.resolve(SnapshotId.random() + ".orders.entry"));
        ArchiveSubmission sound = put("orders", DATE, "OTHER");
        put("stock", DATE, "ALL");
        Outbox.Contents orders = outbox.contents("orders");
        assertEquals(2, orders.damaged().size());
        assertTrue(orders.damaged().stream().allMatch(Outbox.Damaged::isOfDataset));
        assertEquals(sound.snapshotId(), orders.readable().get(0).snapshotId());
        assertEquals(List.of(), outbox.contents("stock").damaged());
        assertEquals(1, outbox.contents("stock").readable().size());
        outbox.remove("orders", broken.snapshotId());
        assertEquals(1, outbox.contents("orders").damaged().size());
    }

    /** As after a restore of the wrong file. */
    @Test
    void anotherSnapshotsEntryUnderThisNameIsTold() throws IOException {
        put("orders", DATE, "ALL");
        Path file = only();
        SnapshotId other = SnapshotId.random();
        Files.copy(file, directory.resolve(other + ".orders.entry"));
        assertEquals(other, damaged("orders").id());
        Files.move(file, directory.resolve(SnapshotId.random() + ".stock.entry"));
        assertEquals(1, outbox.contents("stock").damaged().size());
    }

    @Test
    void entriesComeInTheOrderOfTheirDates() {
        for (int day : new int[] {5, 1, 9, 3, 7, 2}) {
            put("orders", DATE.plusSeconds(86_400L * day), day % 2 == 0 ? "EVEN" : "ODD");
        }
        List<Instant> dates = outbox.contents("orders").readable().stream()
                .map(ArchiveSubmission::date)
                .toList();
        assertEquals(dates.stream().sorted().toList(), dates);
        assertEquals(6, dates.size());
    }

    @Test
    void aFileThatIsNotCompleteYetIsARemnant() throws IOException {
        ArchiveSubmission submission = put("orders", DATE, "ALL");
        Files.move(only(), directory.resolve(submission.snapshotId() + ".orders.unfinished"));
        Outbox.Contents contents = outbox.contents("orders");
        assertEquals(List.of(), contents.readable());
        assertEquals(submission.snapshotId(), contents.remnants().get(0).id());
        assertEquals(List.of(), outbox.contents("stock").remnants());
        assertTrue(outbox.removeRemnant("orders", submission.snapshotId()));
        assertFalse(outbox.removeRemnant("orders", submission.snapshotId()));
    }

    @Test
    void entriesOfTwoFilesAreStillRead() throws IOException {
        SnapshotId id = twoFiles("orders");
        ArchiveSubmission found = outbox.find("orders", id).orElseThrow();
        assertTrue(outbox.requireSound(found));
        assertEquals(1, outbox.contents("orders").readable().size());
        assertEquals(List.of(), outbox.contents("stock").readable());
        assertEquals(Optional.empty(), outbox.find("stock", id));
        Files.write(directory.resolve(id + ".rows"), Arrays.copyOf(ROWS, 5));
        SnapshotException error = assertThrows(SnapshotException.class, () -> outbox.requireSound(found));
        assertEquals(SnapshotException.Kind.CORRUPT, error.kind());
        Files.delete(directory.resolve(id + ".rows"));
        assertEquals(id, damaged("orders").id());
        assertTrue(damaged("orders").isOfDataset(), "its description is whole");
        assertEquals(List.of(), outbox.contents("stock").damaged());
        outbox.remove("orders", id);
        assertEquals(List.of(), files());
    }

    @Test
    void damagedDescriptionsOfTwoFileEntriesHideNoOther() throws IOException {
        List<byte[]> contents = List.of(
                new byte[] {'a', '=', (byte) 0xFF, (byte) 0xFE},
                "snapshot=\\u12zz".getBytes(StandardCharsets.US_ASCII),
                new byte[0],
                "snapshot=none".getBytes(StandardCharsets.US_ASCII));
        put("orders", DATE, "ALL");
        for (byte[] content : contents) {
            Files.write(directory.resolve(SnapshotId.random() + ".properties"), content);
        }
        Files.createDirectories(
                directory.resolve(SnapshotId.random() + ".properties").resolve("within"));
        Files.write(directory.resolve(SnapshotId.random() + ".rows"), ROWS);
        Files.writeString(directory.resolve("notes.txt"), "another program's");
        Outbox.Contents read = outbox.contents("orders");
        assertEquals(contents.size() + 2, read.damaged().size());
        read.damaged().forEach(damaged -> {
            assertEquals(SnapshotException.Kind.CORRUPT, damaged.reason().kind());
            assertFalse(damaged.isOfDataset(), "nothing tells");
            String told = damaged.reason().getMessage();
            assertTrue(told.contains("its dataset is not known"), told);
            assertTrue(told.contains(directory.resolve(damaged.id().toString()).toString()), told);
            assertTrue(told.contains("restore it") && told.contains("delete both"), told);
        });
        assertEquals(1, read.readable().size());
    }

    private Outbox.Damaged damaged(String dataset) {
        List<Outbox.Damaged> damaged = outbox.contents(dataset).damaged();
        assertEquals(1, damaged.size());
        return damaged.get(0);
    }

    private ArchiveSubmission put(String dataset, Instant date, String partition) {
        ArchiveSubmission submission = submission(dataset, date, partition);
        outbox.put(submission);
        return submission;
    }

    private ArchiveSubmission submission(String dataset, Instant date, String partition) {
        try {
            Path file = Files.write(Files.createTempFile(work, "scratch", "rows"), ROWS);
            String sha256 = HexFormat.of().formatHex(Sha256.digest().digest(ROWS));
            return ArchiveSubmission.builder(
                            SnapshotId.random(),
                            dataset,
                            new Partition(partition),
                            date,
                            new WrittenFile(file, 7, ROWS.length, 100, "c".repeat(32), sha256))
                    .sourceDatabase("ORDERS")
                    .columnCount(3)
                    .schemaHash("a".repeat(64))
                    .hashSpecId("hsr1")
                    .fingerprint(new Fingerprint("b".repeat(64)))
                    .retentionUntil(Optional.of(LocalDate.parse("2030-01-01")))
                    .tags(Map.of("run", "nightly", "Zürich =:#!", " \t\n\\u00e4 \ud83d\ude00 \ud800 ", "empty", ""))
                    .changes(Optional.of(new DeltaSummary(1, 2, 3, 4)))
                    .build();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private SnapshotId twoFiles(String dataset) throws IOException {
        Files.createDirectories(directory);
        ArchiveSubmission of = submission(dataset, DATE, "ALL");
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "snapshot",
                of.snapshotId().toString(),
                "dataset",
                dataset,
                "source-database",
                "ORDERS",
                "partition",
                "ALL",
                "date",
                DATE.toString(),
                "columns",
                "3",
                "schema-hash",
                of.schemaHash(),
                "hash-spec",
                "hsr1",
                "fingerprint",
                of.fingerprint().hex()));
        properties.putAll(Map.of(
                "rows",
                "7",
                "size",
                Integer.toString(ROWS.length),
                "uncompressed-size",
                "100",
                "md5",
                "c".repeat(32),
                "sha256",
                of.file().sha256(),
                "tag.run",
                "nightly"));
        try (Writer writer = Files.newBufferedWriter(directory.resolve(of.snapshotId() + ".properties"))) {
            properties.store(writer, null);
        }
        Files.move(of.file().file(), directory.resolve(of.snapshotId() + ".rows"));
        return of.snapshotId();
    }

    private Path only() throws IOException {
        List<Path> files = files();
        assertEquals(1, files.size());
        return files.get(0);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
