package io.hybridsnapshot.csv;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file in Zstandard or in a ZIP archive is either read completely or an error. */
@Timeout(60)
class CompressionTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);
    private static final String FIRST = "id,v\n1,x\n2,x\n";
    private static final String SECOND = "3,x\n4,x\n";
    private static final List<List<String>> FIRST_ROWS = List.of(List.of("1", "x"), List.of("2", "x"));
    private static final List<List<String>> ALL_ROWS =
            List.of(List.of("1", "x"), List.of("2", "x"), List.of("3", "x"), List.of("4", "x"));
    private static final int CHECKSUM_BYTES = 4;

    @TempDir
    Path directory;

    @Test
    void framesOfZstandardAreReadAsOneFile() {
        assertEquals(ALL_ROWS, read(joined(zstd(FIRST), zstd(SECOND))));
        assertEquals(ALL_ROWS, read(joined(zstd(FIRST), zstd(""), zstd(SECOND), zstd(""))));
        // A frame that a reader passes over (RFC 8878, section 3.1.2).
        byte[] skipped = {0x5A, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 'h', 'i'};
        assertEquals(ALL_ROWS, read(joined(skipped, zstd(FIRST), skipped, zstd(SECOND), skipped)));
    }

    @Test
    void everyPrefixOfZstandardButTheWholeFramesIsCorrupt() {
        byte[] first = zstd(FIRST);
        byte[] whole = joined(first, zstd(SECOND));
        for (int length = 4; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            if (length == first.length) {
                assertEquals(FIRST_ROWS, read(prefix));
            } else {
                SnapshotException e = assertCorrupt(prefix, length + " of " + whole.length + " bytes");
                assertTrue(e.getMessage().contains("ends in the middle"), e.getMessage());
            }
        }
    }

    @Test
    void everyFlippedByteOfTheContentOfZstandardIsCorrupt() {
        byte[] whole = zstd(FIRST);
        // Behind the header.
        for (int at = 6; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            assertCorrupt(damaged, "byte " + at);
        }
        byte[] damaged = whole.clone();
        damaged[whole.length - CHECKSUM_BYTES] ^= 1;
        assertTrue(assertCorrupt(damaged, "checksum").getMessage().contains("is damaged"));
    }

    @Test
    void bytesBehindTheLastFrameOfZstandardAreCorrupt() {
        for (byte[] more : List.of(new byte[1], new byte[4], new byte[1000], "1,x\n5,x\n".getBytes(UTF_8))) {
            assertCorrupt(joined(zstd(FIRST), more), more.length + " bytes");
        }
    }

    @Test
    void contentsOfAnySizeAreReadWhole() {
        // Around the sizes of the buffers, and repeated so that little input gives much output.
        for (int rows : List.of(100_000, 1 << 17, 400_000)) {
            assertEquals(rows, read(zstd("v\n" + "x\n".repeat(rows))).size());
        }
        byte[] whole = zstd("v\n" + "x\n".repeat(400_000));
        assertCorrupt(Arrays.copyOf(whole, whole.length - 1), "a missing byte");
    }

    @Test
    void windowsOfAllLevelsOfZstandardAreRead() throws IOException {
        String text = "id,v\n" + "1,x\n".repeat(1000);
        for (int windowBits : List.of(10, 23, 27)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZstdOutputStream out = new ZstdOutputStream(bytes)) {
                out.setLong(windowBits);
                out.write(text.getBytes(UTF_8));
            }
            assertEquals(1000, read(bytes.toByteArray()).size(), windowBits + " bits");
        }
    }

    @Test
    void theOnlyMemberOfAnArchiveIsRead() {
        assertEquals(ALL_ROWS, read(zip("data.csv", FIRST + SECOND)));
        assertEquals(ALL_ROWS, read(zip("in/a/directory.txt", FIRST + SECOND)));
        assertEquals(FIRST_ROWS, read(commented(zip("data.csv", FIRST), "PK\5\6 a comment")));
    }

    @Test
    void archivesWithoutExactlyOneFileListTheirMembers() {
        SnapshotException several = assertInvalid(zip("a.csv", FIRST, "b/", null, "b/c.csv", FIRST));
        assertTrue(several.getMessage().contains("3 members: 'a.csv', 'b/', 'b/c.csv'"), several.getMessage());
        String[] many = new String[40];
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "f" + i / 2;
            many[i + 1] = "";
        }
        assertTrue(
                assertInvalid(zip(many)).getMessage().contains("20 members: 'f0', 'f1', 'f2', 'f3', 'f4' and 15 more"));
        assertTrue(assertInvalid(zip()).getMessage().contains("has no member"));
        assertTrue(assertInvalid(zip("d/", null)).getMessage().contains("'d/'"));
    }

    @Test
    void anEncryptedMemberIsNamed() {
        byte[] archive = zip("secret.csv", FIRST);
        // The first bit of the flags, in the member's header and in the directory (APPNOTE, sections 4.3.7 and 4.3.12).
        archive[6] |= 1;
        archive[indexOf(archive, new byte[] {'P', 'K', 1, 2}) + 8] |= 1;
        SnapshotException e = assertInvalid(archive);
        assertTrue(e.getMessage().contains("is encrypted"), e.getMessage());
        assertTrue(e.getMessage().contains("'secret.csv'"), e.getMessage());
    }

    @Test
    void everyPrefixOfAnArchiveIsCorrupt() {
        byte[] whole = zip("data.csv", FIRST);
        for (int length = 4; length < whole.length; length++) {
            assertCorrupt(Arrays.copyOf(whole, length), length + " of " + whole.length + " bytes");
        }
        assertCorrupt(joined(whole, new byte[1]), "a byte behind the archive");
        assertCorrupt(joined(whole, zip("other.csv", SECOND), new byte[30]), "another archive and bytes behind");
    }

    @Test
    void everyFlippedByteOfAMemberIsCorrupt() {
        byte[] whole = zip("data.csv", FIRST);
        int start = 30 + "data.csv".length();
        int end = indexOf(whole, new byte[] {'P', 'K', 7, 8});
        for (int at = start; at < end; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            assertCorrupt(damaged, "byte " + at);
        }
        // The checksum in the directory, which is compared with the bytes.
        byte[] damaged = whole.clone();
        damaged[indexOf(whole, new byte[] {'P', 'K', 1, 2}) + 16] ^= 1;
        assertCorrupt(damaged, "checksum");
    }

    @Test
    void hugeContentIsReadWithoutHoldingIt() throws IOException {
        // More than the heap of a test, from 1 MB.
        long size = 1200L << 20;
        byte[] block = new byte[1 << 20];
        Path zip = directory.resolve("huge.csv.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("huge.csv"));
            for (long written = 0; written < size; written += block.length) {
                out.write(block);
            }
        }
        Path zstd = directory.resolve("huge.csv.zst");
        try (ZstdOutputStream out = new ZstdOutputStream(Files.newOutputStream(zstd))) {
            for (long written = 0; written < size; written += block.length) {
                out.write(block);
            }
        }
        for (Path file : List.of(zip, zstd)) {
            try (InputStream in = new CsvFile(file, UTF_8).open()) {
                assertEquals(size, in.transferTo(OutputStream.nullOutputStream()));
            }
        }
    }

    @Test
    void anArchiveFromAPipeIsRefusedWithTheNextStep() throws Exception {
        Path pipe = directory.resolve("p.csv.zip");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
        Thread writer = new Thread(() -> {
            try (OutputStream out = Files.newOutputStream(pipe)) {
                out.write(zip("a.csv", FIRST));
            } catch (IOException e) {
                // The reader has gone, as it should.
                return;
            }
        });
        writer.start();
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.read(pipe, TEXT, ReadOptions.ALL));
        writer.join();
        assertTrue(e.getMessage().contains("save the stream to a file first"), e.getMessage());
    }

    @Test
    void theStartOfADamagedFileIsShown() throws IOException {
        byte[] cut = Arrays.copyOf(zstd(FIRST), 5);
        assertThrows(IOException.class, () -> Compression.head(write(cut), 10));
        byte[] stored = joined(zstd(FIRST), new byte[] {1});
        assertEquals(FIRST, new String(Compression.head(write(stored), 100), UTF_8));
        assertEquals("id,", new String(Compression.head(write(stored), 3), UTF_8));
    }

    // Files

    private Path write(byte[] bytes) {
        return Tables.file(directory, bytes);
    }

    private List<List<String>> read(byte[] bytes) {
        return Tables.read(write(bytes), TEXT, ReadOptions.ALL);
    }

    private SnapshotException assertCorrupt(byte[] bytes, String what) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> read(bytes), what);
        assertEquals(Kind.CORRUPT, e.kind(), () -> what + ": " + e.getMessage());
        return e;
    }

    private SnapshotException assertInvalid(byte[] bytes) {
        SnapshotException e = assertThrows(SnapshotException.class, () -> read(bytes));
        assertEquals(Kind.INVALID_REQUEST, e.kind(), e.getMessage());
        return e;
    }

    /** One frame with a checksum, as the program zstd writes it. */
    static byte[] zstd(String text) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZstdOutputStream out = new ZstdOutputStream(bytes, Zstd.defaultCompressionLevel())) {
                out.setChecksum(true);
                out.write(text.getBytes(UTF_8));
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An archive of these names and texts. */
    static byte[] zip(String... members) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ZipOutputStream out = new ZipOutputStream(bytes)) {
                for (int i = 0; i < members.length; i += 2) {
                    out.putNextEntry(new ZipEntry(members[i]));
                    if (members[i + 1] != null) {
                        out.write(members[i + 1].getBytes(UTF_8));
                    }
                }
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] commented(byte[] archive, String comment) {
        byte[] whole = joined(archive, comment.getBytes(UTF_8));
        whole[archive.length - 2] = (byte) comment.length();
        return whole;
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not there");
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
