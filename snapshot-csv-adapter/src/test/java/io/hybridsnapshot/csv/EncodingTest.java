package io.hybridsnapshot.csv;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.Table;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in other encodings than UTF-8, and the form that a file's first bytes show. */
class EncodingTest {
    private static final String ROWS = "id;name\n1;Grüße €\n2;\uD83D\uDE00 x\n";
    private static final Charset WINDOWS = Charset.forName("windows-1252");

    @TempDir
    Path directory;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("file.csv"), bytes);
    }

    private static Table read(Path file, CsvFormat format) {
        try (RowStream rows = new CsvRowSource(file, format).open(ReadOptions.ALL)) {
            return Table.read(rows);
        }
    }

    private static byte[] marked(Charset encoding, String text) {
        return ("\uFEFF" + text).getBytes(encoding);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void utf16IsReadByItsByteOrderMark() throws IOException {
        CsvFormat format = CsvFormat.DEFAULT.withSeparator(';');
        Table expected = read(file(ROWS.getBytes(UTF_8)), format);
        assertEquals(2, expected.rowCount());
        for (Charset encoding : new Charset[] {UTF_16LE, UTF_16BE, UTF_8}) {
            assertEquals(
                    expected.toString(),
                    read(file(marked(encoding, ROWS)), format).toString());
            assertEquals(
                    expected.toString(),
                    read(file(gzip(marked(encoding, ROWS))), format).toString());
        }
    }

    @Test
    void anEncodingThatIsNamedIsReadInIt() throws IOException {
        String rows = "id;name\n1;Grüße €\n";
        CsvFormat format = CsvFormat.DEFAULT.withSeparator(';');
        Table expected = read(file(rows.getBytes(UTF_8)), format);
        Path windows = file(rows.getBytes(WINDOWS));
        assertEquals(
                expected.toString(), read(windows, format.withEncoding(WINDOWS)).toString());
        Path unnamed = windows;
        SnapshotException error = assertThrows(SnapshotException.class, () -> read(unnamed, format));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("set the format's encoding"), error.getMessage());
        assertTrue(error.getMessage().contains("line 2"), error.getMessage());
    }

    @Test
    void bytesThatAreNoCharacterOfTheEncodingAreAnError() throws IOException {
        Path odd = file(new byte[] {(byte) 0xFF, (byte) 0xFE, 'a', 0, '\n', 0, '1'});
        SnapshotException cut = assertThrows(SnapshotException.class, () -> read(odd, CsvFormat.DEFAULT));
        assertEquals(Kind.INVALID_REQUEST, cut.kind());
        assertTrue(cut.getMessage().contains("UTF-16"), cut.getMessage());
        Path unmapped = file(new byte[] {'a', '\n', (byte) 0x81, '\n'});
        SnapshotException error =
                assertThrows(SnapshotException.class, () -> read(unmapped, CsvFormat.DEFAULT.withEncoding(WINDOWS)));
        assertTrue(error.getMessage().contains("windows-1252"), error.getMessage());
    }

    @Test
    void utf32IsNotTakenForUtf16() throws IOException {
        Path file = file(marked(Charset.forName("UTF-32LE"), ROWS));
        assertThrows(SnapshotException.class, () -> read(file, CsvFormat.DEFAULT));
    }

    @Test
    void theFormIsSeenInTheFirstLines() throws IOException {
        assertEquals(new CsvDialect(';', '"', UTF_8), dialect(ROWS.getBytes(UTF_8)));
        assertEquals(new CsvDialect(',', '"', UTF_8), dialect("id,name\n1,x\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect('\t', '"', UTF_8), dialect("id\tname\n1\t\"x, y\"\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect('|', '"', UTF_8), dialect("id|name\n1|\"a;b\"\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect(';', '\'', UTF_8), dialect("'id';'name'\n1;'a;b'\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect(';', '"', UTF_8), dialect("id;name\n1;'a'\n2;'c'\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect(';', '"', UTF_8), dialect("a, b;c, d\n1,5;2\n3,5;4\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect(',', '"', UTF_8), dialect("start (hh:mm)\n08:30\n09:15\n".getBytes(UTF_8)));
        assertEquals(
                new CsvDialect(';', '"', UTF_8),
                CsvDialect.of(file(ROWS.getBytes(UTF_8)), CsvFormat.DEFAULT.withEncoding(WINDOWS)));
        assertEquals(new CsvDialect(',', '"', UTF_8), dialect("id\n1\n".getBytes(UTF_8)));
        assertEquals(new CsvDialect(';', '"', StandardCharsets.UTF_16), dialect(marked(UTF_16LE, ROWS)));
        assertEquals(new CsvDialect(';', '"', StandardCharsets.UTF_16), dialect(gzip(marked(UTF_16LE, ROWS))));
        assertEquals(
                new CsvDialect(';', '"', WINDOWS),
                CsvDialect.of(file("id;n\n1;ü\n".getBytes(WINDOWS)), CsvFormat.DEFAULT.withEncoding(WINDOWS)));
        assertEquals(new CsvDialect(',', '"', UTF_8), dialect(new byte[0]));
    }

    private CsvDialect dialect(byte[] bytes) throws IOException {
        return CsvDialect.of(file(bytes), CsvFormat.DEFAULT);
    }
}
