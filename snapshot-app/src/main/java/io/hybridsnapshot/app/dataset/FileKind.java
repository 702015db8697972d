package io.hybridsnapshot.app.dataset;

import io.hybridsnapshot.csv.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The apparent kind of a file, by its first bytes and the names in an archive. For a dataset it serves errors alone:
 * the file's name or the configuration decides how the file is read. The magic numbers are those of the formats'
 * specifications and of the {@code file(1)} database.
 *
 * @param description the apparent kind, for messages
 * @param family the way to process such a file
 * @param compression the compression around it
 */
record FileKind(String description, Family family, Compression compression) {
    /** The ways to process a file. */
    enum Family {
        /** Probably delimited text, compressed or not. */
        TEXT,
        /** JSON with one object a line, compressed or not. */
        JSON_LINES,
        /** Parquet, encrypted or not. */
        PARQUET,
        /** A workbook of Excel's present form. */
        WORKBOOK,
        /** A workbook of another form. */
        SPREADSHEET,
        /** An archive or a compression that holds something else. */
        PACKED,
        /** A ZIP archive without exactly one member. */
        ARCHIVE,
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
        {"d0cf11e0a1b11ae1", "an old Excel workbook (.xls), or one with a password", "SPREADSHEET"},
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
    };

    private FileKind(String description, Family family) {
        this(description, family, Compression.NONE);
    }

    /** The apparent kind of a file. Empty for a file that can be read only once, is empty, or cannot be read. */
    static Optional<FileKind> of(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(HEAD_BYTES);
            if (head.length == 0) {
                return Optional.empty();
            }
            Compression compression = Compression.of(head);
            return Optional.of(
                    switch (compression) {
                        case NONE -> of(head);
                        case ZIP -> archive(file);
                        default -> compressed(file, compression, "compressed with " + title(compression));
                    });
        } catch (IOException e) {
            // The file's reader reports why the file cannot be read.
            return Optional.empty();
        }
    }

    private static String title(Compression compression) {
        return compression == Compression.ZSTD ? "Zstandard" : compression.title();
    }

    /** The apparent kind of an uncompressed file with these first bytes. */
    private static FileKind of(byte[] head) {
        String hex = HexFormat.of().formatHex(head, 0, Math.min(head.length, 16));
        for (String[] magic : MAGIC) {
            if (hex.startsWith(magic[0])) {
                return new FileKind(magic[1], Family.valueOf(magic[2]));
            }
        }
        if (hex.startsWith("fffe") || hex.startsWith("feff")) {
            return text(head, StandardCharsets.UTF_16);
        }
        if (hex.matches("425a68(3[1-9])(314159265359|177245385090).*")) {
            return new FileKind("a file compressed with bzip2", Family.PACKED);
        }
        if (Compression.of(head) != Compression.NONE) {
            return new FileKind("a file compressed with " + title(Compression.of(head)), Family.PACKED);
        }
        return isText(head)
                ? text(head, StandardCharsets.UTF_8)
                : new FileKind("bytes of an unknown format", Family.UNKNOWN);
    }

    private static FileKind archive(Path file) {
        List<String> members;
        try {
            members = Compression.members(file);
        } catch (IOException e) {
            return new FileKind("a damaged ZIP archive", Family.UNKNOWN, Compression.ZIP);
        }
        if (members.contains("xl/workbook.xml")) {
            return new FileKind("an Excel workbook (.xlsx)", Family.WORKBOOK);
        }
        if (members.contains("xl/workbook.bin")) {
            return new FileKind("a binary Excel workbook (.xlsb)", Family.SPREADSHEET);
        }
        if (members.contains("[Content_Types].xml")) {
            return new FileKind("an Office document", Family.SPREADSHEET);
        }
        if (members.contains("mimetype") && members.contains("content.xml")) {
            return new FileKind("an OpenDocument spreadsheet (.ods)", Family.SPREADSHEET);
        }
        if (members.size() != 1) {
            return new FileKind("a ZIP archive of " + members.size() + " members", Family.ARCHIVE, Compression.ZIP);
        }
        return compressed(file, Compression.ZIP, "in a ZIP archive");
    }

    private static FileKind compressed(Path file, Compression compression, String how) {
        byte[] content;
        try {
            content = Compression.head(file, HEAD_BYTES);
        } catch (IOException e) {
            return new FileKind("a damaged file, " + how, Family.UNKNOWN, compression);
        }
        FileKind inner = content.length == 0 ? new FileKind("nothing", Family.TEXT) : of(content);
        return new FileKind(
                inner.description() + ", " + how,
                switch (inner.family()) {
                    case TEXT, JSON_LINES, MARKUP, UNKNOWN -> inner.family();
                    default -> Family.PACKED;
                },
                compression);
    }

    private static FileKind text(byte[] head, Charset encoding) {
        String text = new String(head, encoding).replace("\uFEFF", "").strip();
        String line = text.lines().findFirst().orElse("").strip();
        // The line of an object may be longer than the head.
        boolean wholeLine = line.endsWith("}") || line.length() == text.length() && head.length == HEAD_BYTES;
        if (line.matches("\\{\\s*[\"}].*") && wholeLine) {
            return new FileKind("JSON lines", Family.JSON_LINES);
        }
        // A header in square brackets, as of SQL Server, is no JSON.
        if (text.matches("(?s)(\\{\\s*[\"}]|\\[\\s*[\\[{\"\\]]).*")) {
            return new FileKind("JSON", Family.MARKUP);
        }
        if (text.matches("(?s)<(\\?xml|!|[A-Za-z]).*")) {
            return new FileKind("XML or HTML", Family.MARKUP);
        }
        return new FileKind(encoding.equals(StandardCharsets.UTF_16) ? "UTF-16 text" : "delimited text", Family.TEXT);
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
