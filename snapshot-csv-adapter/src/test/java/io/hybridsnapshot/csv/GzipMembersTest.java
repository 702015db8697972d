package io.hybridsnapshot.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.ReadOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gzip file of several members is either read completely or an error. A damaged member never counts as the end of the
 * file.
 */
@Timeout(60)
class GzipMembersTest {
    private static final CsvFormat TEXT = CsvFormat.DEFAULT.withInference(Inference.NONE);
    private static final byte[] FIRST = gzip("id,v\n1,x\n2,x\n");
    private static final byte[] SECOND = gzip("3,x\n4,x\n");
    private static final List<List<String>> FIRST_ROWS = List.of(List.of("1", "x"), List.of("2", "x"));
    private static final List<List<String>> ALL_ROWS =
            List.of(List.of("1", "x"), List.of("2", "x"), List.of("3", "x"), List.of("4", "x"));

    // RFC 1952, section 2.3.1.
    private static final int TEXT_FLAG = 1;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    @TempDir
    Path directory;

    @Test
    void membersAreReadAsOneFile() {
        assertEquals(ALL_ROWS, read(joined(FIRST, SECOND)));
        assertEquals(ALL_ROWS, read(joined(FIRST, gzip(""), SECOND, gzip(""))));
    }

    @Test
    void everyPrefixButTheWholeMembersIsCorrupt() {
        byte[] whole = joined(FIRST, SECOND);
        for (int length = 2; length < whole.length; length++) {
            byte[] prefix = Arrays.copyOf(whole, length);
            if (length == FIRST.length) {
                // A file that ends between two members is a complete file of fewer members.
                assertEquals(FIRST_ROWS, read(prefix));
            } else {
                assertCorrupt(prefix, length + " of " + whole.length + " bytes");
            }
        }
    }

    @Test
    void everyFlippedBitOfALaterHeaderIsCorruptOrChangesNoRow() {
        byte[] whole = joined(FIRST, SECOND);
        for (int at = 0; at < 10; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[FIRST.length + at] ^= (byte) (1 << bit);
                // No checksum covers the time, the extra flags and the system; the text flag does not affect the bytes.
                boolean harmless = at >= 4 || at == 3 && 1 << bit == TEXT_FLAG;
                if (harmless) {
                    assertEquals(ALL_ROWS, read(damaged), "byte " + at + ", bit " + bit);
                } else {
                    assertCorrupt(damaged, "byte " + at + ", bit " + bit);
                }
            }
        }
    }

    @Test
    void everyFlippedByteOfALaterBodyIsCorrupt() {
        byte[] whole = joined(FIRST, SECOND);
        for (int at = FIRST.length + 10; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) 0xFF;
            assertCorrupt(damaged, "byte " + at);
        }
    }

    @Test
    void optionalHeaderFieldsArePassedOverAndTheirLossIsFound() {
        byte[] full = withHeader(SECOND, TEXT_FLAG | HEADER_CRC | EXTRA | NAME | COMMENT);
        byte[] whole = joined(withHeader(FIRST, NAME | EXTRA), full);
        assertEquals(ALL_ROWS, read(whole));
        int start = whole.length - full.length;
        for (int length = start + 1; length < whole.length; length++) {
            assertCorrupt(Arrays.copyOf(whole, length), length - start + " bytes of the second member");
        }
    }

    @Test
    void everyFlippedBitOfAHeaderWithAChecksumIsCorrupt() {
        byte[] first = withHeader(FIRST, HEADER_CRC | NAME);
        byte[] second = withHeader(SECOND, HEADER_CRC | EXTRA | COMMENT);
        byte[] whole = joined(first, second);
        assertEquals(ALL_ROWS, read(whole));
        // Without the two bytes of magic, without which the file is no gzip file.
        flipEveryBit(whole, 2, first.length - FIRST.length + 10);
        flipEveryBit(whole, first.length, whole.length - SECOND.length + 10);
        byte[] damaged = first.clone();
        damaged[first.length - FIRST.length + 9] ^= 1;
        assertEquals(
                "a gzip header at byte 0 whose checksum is another",
                failure(damaged).actual().orElseThrow());
    }

    private void flipEveryBit(byte[] whole, int from, int until) {
        for (int at = from; at < until; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << bit);
                assertCorrupt(damaged, "byte " + at + ", bit " + bit);
            }
        }
    }

    @Test
    void anyByteAfterTheLastMemberIsCorrupt() {
        byte[] whole = joined(FIRST, SECOND);
        for (byte[] tail : List.of(
                new byte[1],
                new byte[512],
                new byte[1 << 20],
                new byte[] {'\n'},
                new byte[] {0x1F},
                new byte[] {0x1F, (byte) 0x8B},
                "5,x\n6,x\n".getBytes(StandardCharsets.UTF_8))) {
            assertCorrupt(joined(whole, tail), tail.length + " bytes, the first " + tail[0]);
        }
    }

    @Test
    void damageIsFoundFarBehindTheFirstBuffer() {
        byte[] large = gzip("id,v\n" + "1,größer\n".repeat(300_000));
        byte[] whole = joined(large, large, SECOND);
        whole[2 * large.length] = 0x1E;
        assertCorrupt(whole, "the third member");
    }

    @Test
    void anErrorSaysWhatIsWrongAndNamesNoJavaType() {
        byte[] garbage = joined(FIRST, SECOND);
        garbage[FIRST.length] = 0x1E;
        assertEquals(
                "the compressed CSV file is damaged (file " + directory.resolve("table.csv")
                        + "): found no gzip header at byte " + FIRST.length + ","
                        + " expected whole gzip members and nothing after the last; copy or make the file again",
                failure(garbage).getMessage());
        SnapshotException cut = failure(Arrays.copyOf(joined(FIRST, SECOND), FIRST.length + 5));
        assertEquals("the compressed CSV file ends in the middle", cut.problem());
        assertEquals("the end of the file within a gzip member", cut.actual().orElseThrow());
    }

    @Test
    void aFailingDiskIsToldFromDamage() throws IOException {
        IOException fault = new IOException("Input/output error");
        InputStream failing = new InputStream() {
            private final InputStream good = new ByteArrayInputStream(FIRST);

            @Override
            public int read() throws IOException {
                int next = good.read();
                if (next < 0) {
                    throw fault;
                }
                return next;
            }
        };
        try (GzipBytes bytes = new GzipBytes(failing)) {
            IOException thrown = assertThrows(IOException.class, bytes::readAllBytes);
            assertEquals(fault, thrown);
            SnapshotException e = new CsvFile(directory.resolve("x.csv.gz"), StandardCharsets.UTF_8).failure(thrown);
            assertEquals(Kind.UNAVAILABLE, e.kind());
            assertEquals("Input/output error", e.actual().orElseThrow());
        }
    }

    @Test
    void aGzipFileThroughAPipeIsReadWhole() throws Exception {
        Path pipe = pipe();
        Thread writer = feed(pipe, joined(FIRST, SECOND));
        assertEquals(ALL_ROWS, Tables.read(pipe, TEXT, ReadOptions.ALL));
        writer.join();
    }

    @Test
    void damageThroughAPipeIsCorruptToo() throws Exception {
        Path pipe = pipe();
        Thread writer = feed(pipe, Arrays.copyOf(joined(FIRST, SECOND), FIRST.length + 4));
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.read(pipe, TEXT, ReadOptions.ALL));
        assertEquals(Kind.CORRUPT, e.kind());
        writer.join();
    }

    @Test
    void aBadByteInAPipeIsNamedWithoutWaitingForAnotherWriter() throws Exception {
        Path pipe = pipe();
        Thread writer = feed(pipe, gzip("id,v\n1,\u00e9\n", StandardCharsets.ISO_8859_1));
        SnapshotException e = assertThrows(SnapshotException.class, () -> Tables.read(pipe, TEXT, ReadOptions.ALL));
        assertEquals("the CSV file is not UTF-8", e.problem());
        assertEquals("byte 0xE9 at offset 7", e.actual().orElseThrow());
        writer.join();
    }

    @Test
    void declaredTypesLetAPipeBeReadOnce() throws Exception {
        Path pipe = pipe();
        Thread writer = feed(pipe, FIRST);
        CsvFormat typed =
                CsvFormat.DEFAULT.withTypes(Map.of("id", ColumnType.INT64)).withDefaultType(ColumnType.TEXT);
        assertEquals(FIRST_ROWS, Tables.read(pipe, typed, ReadOptions.ALL));
        writer.join();
    }

    private List<List<String>> read(byte[] bytes) {
        return Tables.read(Tables.file(directory, bytes), TEXT, ReadOptions.ALL);
    }

    private SnapshotException failure(byte[] bytes) {
        return assertThrows(SnapshotException.class, () -> read(bytes));
    }

    private void assertCorrupt(byte[] bytes, String what) {
        List<List<String>> rows = new ArrayList<>();
        SnapshotException e = assertThrows(SnapshotException.class, () -> rows.addAll(read(bytes)), what);
        assertEquals(Kind.CORRUPT, e.kind(), what + ": " + e.getMessage());
        assertTrue(e.problem().startsWith("the compressed CSV file "), what + ": " + e.getMessage());
    }

    private Path pipe() throws Exception {
        Path pipe = directory.resolve("pipe.csv.gz");
        int made;
        try {
            made = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
        } catch (IOException e) {
            made = -1;
        }
        assumeTrue(made == 0, "this system makes no named pipes (mkfifo)");
        return pipe;
    }

    private static Thread feed(Path pipe, byte[] bytes) {
        Thread writer = new Thread(() -> {
            try (var out = Files.newOutputStream(pipe)) {
                out.write(bytes, 0, bytes.length / 2);
                out.flush();
                TimeUnit.MILLISECONDS.sleep(50);
                out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.setDaemon(true);
        writer.start();
        return writer;
    }

    private static byte[] withHeader(byte[] member, int flags) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(member, 0, 3);
        out.write(flags);
        out.write(member, 4, 6);
        if ((flags & EXTRA) != 0) {
            // As bgzip does: one subfield BC of two bytes.
            out.writeBytes(new byte[] {6, 0, 'B', 'C', 2, 0, 27, 0});
        }
        if ((flags & NAME) != 0) {
            out.writeBytes("part.csv\0".getBytes(StandardCharsets.ISO_8859_1));
        }
        if ((flags & COMMENT) != 0) {
            out.writeBytes("zweiter Tag\0".getBytes(StandardCharsets.ISO_8859_1));
        }
        if ((flags & HEADER_CRC) != 0) {
            CRC32 crc = new CRC32();
            crc.update(out.toByteArray());
            out.write((int) crc.getValue());
            out.write((int) crc.getValue() >>> 8);
        }
        out.write(member, 10, member.length - 10);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Stream.of(parts).forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] gzip(String text) {
        return gzip(text, StandardCharsets.UTF_8);
    }

    private static byte[] gzip(String text, Charset charset) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(text.getBytes(charset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
