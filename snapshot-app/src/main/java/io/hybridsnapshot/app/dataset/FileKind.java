package io.hybridsnapshot.app.dataset;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The apparent kind of a file, by its first bytes. For a dataset it serves errors alone: the file's name or the
 * configuration decides how the file is read. The magic numbers are those of the formats' specifications and of the
 * {@code file(1)} database.
 *
 * @param description the apparent kind, for messages
 * @param family the way to process such a file
 */
record FileKind(String description, Family family) {
    /** The ways to process a file. */
    enum Family {
        /** Probably delimited text. */
        TEXT,
        /** Probably delimited text that is compressed with gzip. */
        GZIP_TEXT,
        /** Parquet, encrypted or not. */
        PARQUET,
        /** A workbook of a spreadsheet program. */
        SPREADSHEET,
        /** An archive or a compression that holds something else. */
        PACKED,
        /** JSON, XML or HTML: text that is no table. */
        MARKUP,
        /** UTF-32. */
        OTHER_ENCODING,
        /** Another known format. */
        OTHER,
        /** Bytes of no format that is known here. */
        UNKNOWN
    }

    private static final int HEAD_BYTES = 1_024;

    /** Hex digits at the start, description, family; the first that fits counts. */
    private static final String[][] MAGIC = {
        {"50415231", "a Parquet file", "PARQUET"},
        {"50415245", "an encrypted Parquet file", "PARQUET"},
        {"d0cf11e0a1b11ae1", "an old Excel workbook (.xls)", "SPREADSHEET"},
        {"28b52ffd", "a file compressed with Zstandard", "PACKED"},
        {"fd377a585a00", "a file compressed with xz", "PACKED"},
        {"377abcaf271c", "a 7-Zip archive", "PACKED"},
        {"526172211a07", "a RAR archive", "PACKED"},
        {"04224d18", "a file compressed with LZ4", "PACKED"},
        {"53514c69746520666f726d6174203300", "an SQLite database", "OTHER"},
        {"4152524f57310000", "an Arrow file (Feather)", "OTHER"},
        {"46454131", "a Feather file", "OTHER"},
        {"4f626a01", "an Avro file", "OTHER"},
        {"255044462d", "a PDF document", "OTHER"},
        {"fffe0000", "UTF-32 text", "OTHER_ENCODING"},
        {"0000feff", "UTF-32 text", "OTHER_ENCODING"},
        {"fffe", "UTF-16 text", "TEXT"},
        {"feff", "UTF-16 text", "TEXT"},
    };

    /** The apparent kind of a file. Empty for a file that can be read only once, is empty, or cannot be read. */
    static Optional<FileKind> of(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEAD_BYTES);
            return head.length == 0 ? Optional.empty() : Optional.of(of(head));
        } catch (IOException e) {
            // The file's reader reports why the file cannot be read.
            return Optional.empty();
        }
    }

    /** The apparent kind of a file with these first bytes. */
    static FileKind of(byte[] head) {
        String hex = HexFormat.of().formatHex(head, 0, Math.min(head.length, 16));
        for (String[] magic : MAGIC) {
            if (hex.startsWith(magic[0])) {
                return new FileKind(magic[1], Family.valueOf(magic[2]));
            }
        }
        if (hex.startsWith("504b0304") || hex.startsWith("504b0506")) {
            return zip(head);
        }
        if (hex.matches("425a68(3[1-9])(314159265359|177245385090).*")) {
            return new FileKind("a file compressed with bzip2", Family.PACKED);
        }
        if (hex.startsWith("1f8b")) {
            return gzip(head);
        }
        return isText(head) ? text(head) : new FileKind("bytes of an unknown format", Family.UNKNOWN);
    }

    private static FileKind zip(byte[] head) {
        String names = new String(head, StandardCharsets.ISO_8859_1);
        if (names.contains("xl/") || names.contains("[Content_Types].xml")) {
            return new FileKind("an Office document, such as an Excel workbook (.xlsx)", Family.SPREADSHEET);
        }
        if (names.contains("opendocument.spreadsheet")) {
            return new FileKind("an OpenDocument spreadsheet (.ods)", Family.SPREADSHEET);
        }
        return new FileKind("a ZIP archive", Family.PACKED);
    }

    private static FileKind gzip(byte[] head) {
        byte[] content = new byte[HEAD_BYTES];
        int length = 0;
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(head))) {
            int count = 0;
            while (count >= 0 && length < content.length) {
                length += count;
                count = in.read(content, length, content.length - length);
            }
        } catch (IOException e) {
            // The head ends within the compressed data; the bytes before are enough.
            if (length == 0) {
                return new FileKind("a file compressed with gzip", Family.UNKNOWN);
            }
        }
        FileKind inner = length == 0 ? new FileKind("nothing", Family.TEXT) : of(Arrays.copyOf(content, length));
        return new FileKind(
                inner.description() + ", compressed with gzip",
                switch (inner.family()) {
                    case TEXT -> Family.GZIP_TEXT;
                    case MARKUP, UNKNOWN -> inner.family();
                    default -> Family.PACKED;
                });
    }

    private static FileKind text(byte[] head) {
        String text =
                new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
        // A header in square brackets, as of SQL Server, is no JSON.
        if (text.matches("(?s)(\\{\\s*[\"}]|\\[\\s*[\\[{\"\\]]).*")) {
            return new FileKind("JSON", Family.MARKUP);
        }
        if (text.matches("(?s)<(\\?xml|!|[A-Za-z]).*")) {
            return new FileKind("XML or HTML", Family.MARKUP);
        }
        return new FileKind("delimited text", Family.TEXT);
    }

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != 1) {
                return false;
            }
        }
        return true;
    }
}
