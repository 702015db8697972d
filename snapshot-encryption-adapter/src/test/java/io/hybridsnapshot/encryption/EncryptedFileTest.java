package io.hybridsnapshot.encryption;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.streamingaead.StreamingAeadConfig2026;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encryption's additions to the codec's contract: damage, keys, and the files on the disk. */
class EncryptedFileTest {
    private static final int SEGMENT = 16 << 10;
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();
    private static final Table SMALL = RandomTables.seeded(1).table(3, 12, 6);

    @TempDir
    Path directory;

    private static SnapshotCodec codec(EncryptionKeys keys) {
        return new EncryptingSnapshotCodec(new InMemorySnapshotCodec(), () -> keys);
    }

    private WrittenFile write(SnapshotCodec codec, Table table) {
        try (SnapshotWriter writer = codec.openWriter(directory.resolve("table"), table.schema(), Map.of())) {
            table.batches().forEach(writer::append);
            return writer.finish();
        }
    }

    private byte[] bytes(SnapshotCodec codec, Table table) throws IOException {
        return Files.readAllBytes(write(codec, table).file());
    }

    private static void assertReads(Table expected, SnapshotCodec codec, byte[] bytes) {
        try (SnapshotReader reader = codec.openReader(new ArrayBytes("the file", bytes));
                RowStream rows = reader.rows(ReadOptions.ALL)) {
            TableAssert.assertSameRows(expected, rows);
        }
    }

    private static SnapshotException failure(EncryptionKeys keys, byte[] bytes) {
        return assertThrows(SnapshotException.class, () -> plain(keys, bytes));
    }

    /** All plain bytes, read in one piece. */
    private static byte[] plain(EncryptionKeys keys, byte[] bytes) {
        try (SeekableBytes plain = EncryptedFiles.open(new ArrayBytes("the file", bytes), () -> keys)) {
            byte[] all = new byte[(int) plain.length()];
            plain.read(0, all, 0, all.length);
            return all;
        }
    }

    /** Random bytes, encrypted by themselves. */
    private byte[] encrypted(EncryptionKeys keys, byte[] content) throws IOException {
        SnapshotCodec bare = new BytesCodec(content);
        Schema schema = SMALL.schema();
        try (SnapshotWriter writer = new EncryptingSnapshotCodec(bare, () -> keys)
                .openWriter(directory.resolve("bytes"), schema, Map.of())) {
            return Files.readAllBytes(writer.finish().file());
        }
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    // Damage

    @Test
    void everyFlippedByteIsFound() throws IOException {
        byte[] whole = bytes(codec(KEYS), SMALL);
        assertReads(SMALL, codec(KEYS), whole);
        for (int position = 0; position < whole.length; position++) {
            for (int flip : new int[] {0x01, 0x80, 0xFF}) {
                byte[] changed = whole.clone();
                changed[position] ^= (byte) flip;
                SnapshotException found = assertThrows(
                        SnapshotException.class, () -> assertReads(SMALL, codec(KEYS), changed), "byte " + position);
                assertEquals(Kind.CORRUPT, found.kind(), "byte " + position + ": " + found.getMessage());
            }
        }
    }

    @Test
    void everyTruncationIsFoundWhenTheFileIsOpened() throws IOException {
        byte[] whole = bytes(codec(KEYS), SMALL);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            SnapshotException found = assertThrows(
                    SnapshotException.class,
                    () -> codec(KEYS)
                            .openReader(new ArrayBytes("the file", cut))
                            .close());
            assertEquals(Kind.CORRUPT, found.kind(), "length " + length + ": " + found.getMessage());
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 1);
        assertEquals(Kind.CORRUPT, failure(KEYS, longer).kind());
    }

    @Test
    void truncationBetweenSegmentsIsFound() throws IOException {
        byte[] whole = encrypted(KEYS, noise(5 * SEGMENT));
        for (int segments = 1; segments <= 5; segments++) {
            byte[] cut = Arrays.copyOf(whole, FileHeader.LENGTH + segments * SEGMENT);
            assertEquals(Kind.CORRUPT, failure(KEYS, cut).kind());
        }
    }

    @Test
    void segmentsThatWereExchangedRepeatedOrTakenFromAnotherFileAreFound() throws IOException {
        byte[] content = noise(4 * SEGMENT);
        byte[] whole = encrypted(KEYS, content);
        byte[] twin = encrypted(KEYS, content);
        assertArrayEquals(content, plain(KEYS, whole));
        assertFalse(Arrays.equals(whole, twin), "two files of the same bytes are encrypted alike");

        byte[] exchanged = whole.clone();
        System.arraycopy(whole, segment(2), exchanged, segment(1), SEGMENT);
        System.arraycopy(whole, segment(1), exchanged, segment(2), SEGMENT);
        assertEquals(Kind.CORRUPT, failure(KEYS, exchanged).kind());

        byte[] repeated = whole.clone();
        System.arraycopy(whole, segment(1), repeated, segment(2), SEGMENT);
        assertEquals(Kind.CORRUPT, failure(KEYS, repeated).kind());

        byte[] mixed = whole.clone();
        System.arraycopy(twin, segment(1), mixed, segment(1), SEGMENT);
        assertEquals(Kind.CORRUPT, failure(KEYS, mixed).kind());

        byte[] shortened = new byte[whole.length - SEGMENT];
        System.arraycopy(whole, 0, shortened, 0, segment(1));
        System.arraycopy(whole, segment(2), shortened, segment(1), whole.length - segment(2));
        assertEquals(Kind.CORRUPT, failure(KEYS, shortened).kind());
    }

    private static int segment(int number) {
        return FileHeader.LENGTH + number * SEGMENT;
    }

    @Test
    void damageOfOneSegmentLeavesTheOthersReadable() throws IOException {
        byte[] content = noise(4 * SEGMENT);
        byte[] changed = encrypted(KEYS, content);
        changed[segment(2) + 100] ^= 1;
        try (SeekableBytes plain = EncryptedFiles.open(new ArrayBytes("the file", changed), () -> KEYS)) {
            byte[] part = new byte[SEGMENT];
            plain.read(0, part, 0, part.length);
            assertArrayEquals(Arrays.copyOf(content, SEGMENT), part);
            SnapshotException found =
                    assertThrows(SnapshotException.class, () -> plain.read(2 * SEGMENT, part, 0, 100));
            assertEquals(Kind.CORRUPT, found.kind());
            plain.read(content.length - 5, part, 0, 5);
            assertArrayEquals(Arrays.copyOfRange(content, content.length - 5, content.length), Arrays.copyOf(part, 5));
        }
    }

    // Any part of any length

    @Test
    void contentOfEveryLengthAroundTheSegmentsComesBack() throws IOException {
        List<Integer> lengths = new ArrayList<>(List.of(0, 1, 2, 100, 1_000_000, 9_000_001));
        for (int edge : List.of(SEGMENT, 2 * SEGMENT, 3 * SEGMENT)) {
            for (int i = -90; i <= 10; i++) {
                lengths.add(edge + i);
            }
        }
        for (int length : lengths) {
            byte[] content = noise(length);
            assertArrayEquals(content, plain(KEYS, encrypted(KEYS, content)), () -> length + " bytes");
        }
    }

    @Test
    void partsAreThoseOfTheContentWhereverTheyLie() throws IOException {
        byte[] content = noise(300_000);
        byte[] whole = encrypted(KEYS, content);
        Random random = new Random(7);
        try (SeekableBytes plain = EncryptedFiles.open(new ArrayBytes("the file", whole), () -> KEYS)) {
            assertEquals(content.length, plain.length());
            for (int i = 0; i < 2_000; i++) {
                int from = random.nextInt(content.length + 1);
                int count = random.nextInt(1 + Math.min(content.length - from, 1 << random.nextInt(18)));
                byte[] part = new byte[count + 3];
                plain.read(from, part, 3, count);
                assertArrayEquals(
                        Arrays.copyOfRange(content, from, from + count), Arrays.copyOfRange(part, 3, count + 3));
            }
            SnapshotException beyond =
                    assertThrows(SnapshotException.class, () -> plain.read(299_999, new byte[2], 0, 2));
            assertEquals(Kind.CORRUPT, beyond.kind());
        }
    }

    @Test
    void partsFetchTheirSegmentsInOneRead() throws IOException {
        byte[] content = noise(2_000_000);
        CountingBytes counted = new CountingBytes(new ArrayBytes("the file", encrypted(KEYS, content)));
        try (SeekableBytes plain = EncryptedFiles.open(counted, () -> KEYS)) {
            long opening = counted.fetched;
            assertTrue(opening <= SEGMENT + 100, () -> "opening fetched " + opening);
            int reads = counted.reads;
            byte[] part = new byte[1_000_000];
            plain.read(500_000, part, 0, part.length);
            assertEquals(reads + 1, counted.reads);
            long fetched = counted.fetched - opening;
            assertTrue(fetched < 1_000_000 + 3 * SEGMENT, () -> "a part fetched " + fetched);
        }
        assertEquals(1, counted.closed);
    }

    // Keys

    @Test
    void wrongKeyIsAnInvalidRequestThatNamesTheKeyAndThoseAtHand() throws IOException {
        EncryptionKeys others = EncryptionKeys.generate();
        SnapshotException wrong = failure(others, bytes(codec(KEYS), SMALL));
        assertEquals(Kind.INVALID_REQUEST, wrong.kind());
        assertEquals("key " + KEYS.ids().get(0), wrong.expected().orElseThrow());
        assertEquals("keys " + others.ids().get(0), wrong.actual().orElseThrow());
        assertTrue(wrong.nextStep().orElseThrow().contains("add it to this one"), wrong.getMessage());
    }

    @Test
    void withoutAnyKeyTheFileSaysWhichOneItNeeds() throws IOException {
        byte[] whole = bytes(codec(KEYS), SMALL);
        SnapshotCodec keyless = new DecryptingSnapshotCodec(new InMemorySnapshotCodec(), () -> EncryptionKeys.NONE);
        SnapshotException missing =
                assertThrows(SnapshotException.class, () -> keyless.openReader(new ArrayBytes("archive 7", whole)));
        assertEquals(Kind.INVALID_REQUEST, missing.kind());
        assertEquals(
                "the file is encrypted with a key that is not at hand (archive 7): found no key, expected key "
                        + KEYS.ids().get(0)
                        + "; name the keyset that holds it; the documentation's page 'Encrypt archives'"
                        + " describes keysets",
                missing.getMessage());
    }

    @Test
    void anotherKeyUnderTheSameNumberIsCorruptAndSaysWhatElseItMayBe() throws IOException {
        byte[] whole = bytes(codec(KEYS), SMALL);
        EncryptionKeys others = EncryptionKeys.generate();
        byte[] renamed = whole.clone();
        ByteBuffer.wrap(renamed)
                .putInt(12, Integer.parseUnsignedInt(others.ids().get(0)));
        sealHeader(renamed);
        SnapshotException found = failure(others, renamed);
        assertEquals(Kind.CORRUPT, found.kind());
        assertTrue(found.getMessage().contains("the keyset holds another key under its number"), found.getMessage());
    }

    @Test
    void headerOfAnotherKeyInTheSameKeysetDoesNotOpenTheFile() throws IOException {
        EncryptionKeys both = KEYS.withNewPrimary();
        byte[] old = bytes(codec(KEYS), SMALL);
        byte[] recent = bytes(codec(both), SMALL);
        byte[] mixed = old.clone();
        System.arraycopy(recent, 0, mixed, 0, FileHeader.LENGTH);
        assertEquals(Kind.CORRUPT, failure(both, mixed).kind());
    }

    @Test
    void headerIsBoundToTheContent() throws Exception {
        // One key under two numbers: only the header differs between files of the one and of the other.
        KeysetHandle one = TinkJsonProtoKeysetFormat.parseKeyset(
                KEYS.text(), StreamingAeadConfig2026.get(), InsecureSecretKeyAccess.get());
        KeysetHandle two = KeysetHandle.newBuilder(one)
                .setConfiguration(StreamingAeadConfig2026.get())
                .addEntry(KeysetHandle.importKey(one.getPrimary().getKey()).withFixedId(77))
                .build();
        EncryptionKeys both = EncryptionKeys.parse(TinkJsonProtoKeysetFormat.serializeKeyset(
                two, StreamingAeadConfig2026.get(), InsecureSecretKeyAccess.get()));
        assertEquals("77", both.ids().get(1));
        byte[] whole = bytes(codec(both), SMALL);
        assertReads(SMALL, codec(both), whole);
        byte[] renamed = whole.clone();
        ByteBuffer.wrap(renamed).putInt(12, 77);
        sealHeader(renamed);
        assertEquals(Kind.CORRUPT, failure(both, renamed).kind());
    }

    @Test
    void headerOfALaterVersionIsAnInvalidRequest() throws IOException {
        byte[] whole = bytes(codec(KEYS), SMALL);
        for (int position : new int[] {8, 9, 11}) {
            byte[] later = whole.clone();
            later[position] = 2;
            sealHeader(later);
            assertEquals(Kind.INVALID_REQUEST, failure(KEYS, later).kind());
        }
        whole[8] = 2;
        sealHeader(whole);
        assertEquals("version 2", failure(KEYS, whole).actual().orElseThrow());
    }

    /** Makes the checksum of a changed header right. */
    private static void sealHeader(byte[] file) {
        CRC32 crc = new CRC32();
        crc.update(file, 0, 16);
        ByteBuffer.wrap(file).putInt(16, (int) crc.getValue());
    }

    @Test
    void rotatedKeysReadOldFilesAndWriteNewOnesWithTheNewKey() throws IOException {
        byte[] old = bytes(codec(KEYS), SMALL);
        EncryptionKeys rotated = EncryptionKeys.parse(KEYS.withNewPrimary().text());
        assertEquals(2, rotated.ids().size());
        assertEquals(KEYS.ids().get(0), rotated.ids().get(1));
        byte[] recent = bytes(codec(rotated), SMALL);
        assertReads(SMALL, codec(rotated), old);
        assertReads(SMALL, codec(rotated), recent);
        SnapshotException needsNew = failure(KEYS, recent);
        assertEquals("key " + rotated.ids().get(0), needsNew.expected().orElseThrow());
    }

    @Test
    void plainFilesAreReadWithoutAskingForKeys() throws IOException {
        byte[] whole = bytes(new InMemorySnapshotCodec(), SMALL);
        AtomicInteger asked = new AtomicInteger();
        SnapshotCodec codec = new EncryptingSnapshotCodec(new InMemorySnapshotCodec(), () -> {
            asked.incrementAndGet();
            return KEYS;
        });
        assertReads(SMALL, codec, whole);
        assertArrayEquals(whole, plain(EncryptionKeys.NONE, whole));
        assertEquals(0, asked.get());
    }

    @Test
    void writingWithoutAKeyIsRefused() {
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> write(codec(EncryptionKeys.NONE), SMALL));
        assertEquals(Kind.INVALID_REQUEST, refused.kind());
    }

    // On the disk

    @Test
    void encryptedFileShowsNothingOfTheRows() throws IOException {
        byte[] secret = "a text that nobody has to see".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        byte[] whole = encrypted(KEYS, secret);
        String seen = new String(whole, StandardCharsets.ISO_8859_1);
        assertFalse(seen.contains("nobody"));
        assertTrue(whole.length > secret.length);
    }

    @Test
    void plainFormLiesBesideTheFileForItsOwnerAloneAndIsGoneWhenTheFileIsWhole() throws IOException {
        try (SnapshotWriter writer = codec(KEYS).openWriter(directory.resolve("table"), SMALL.schema(), Map.of())) {
            List<Path> plain = files().stream()
                    .filter(file -> file.toString().endsWith(".plain"))
                    .toList();
            assertEquals(1, plain.size());
            if (Files.getFileStore(directory).supportsFileAttributeView("posix")) {
                assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(plain.get(0))));
            }
            SMALL.batches().forEach(writer::append);
            writer.finish();
            assertEquals(List.of(directory.resolve("table")), files());
        }
        assertEquals(List.of(directory.resolve("table")), files());
    }

    @Test
    void nothingIsLeftWhereTheInnerCodecFails() throws IOException {
        for (FailingCodec.At at : FailingCodec.At.values()) {
            SnapshotCodec failing = new EncryptingSnapshotCodec(new FailingCodec(at), () -> KEYS);
            assertThrows(IllegalStateException.class, () -> write(failing, SMALL), at.toString());
            assertEquals(List.of(), files(), at.toString());
        }
    }

    @Test
    void nothingIsLeftWhereTheEncryptedFileCannotBeWritten() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(
                Files.exists(full) && Files.isWritable(full.getParent()), "skipped: there is no /dev/full");
        Path link = Files.createSymbolicLink(directory.resolve("table"), full);
        SnapshotException unwritable = assertThrows(SnapshotException.class, () -> write(codec(KEYS), SMALL));
        assertEquals(Kind.UNAVAILABLE, unwritable.kind());
        Files.deleteIfExists(link);
        assertEquals(List.of(), files());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Counts the fetched bytes. */
    private static final class CountingBytes implements SeekableBytes {
        private final SeekableBytes inner;
        private long fetched;
        private int reads;
        private int closed;

        CountingBytes(SeekableBytes inner) {
            this.inner = inner;
        }

        @Override
        public long length() {
            return inner.length();
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) {
            fetched += length;
            reads++;
            inner.read(position, target, offset, length);
        }

        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public void close() {
            closed++;
            inner.close();
        }
    }
}
