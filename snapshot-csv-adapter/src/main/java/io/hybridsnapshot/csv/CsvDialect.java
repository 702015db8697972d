package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The form of a CSV file as its first 64 KiB show it. Immutable.
 *
 * @param separator between cells
 * @param quote around cells
 * @param encoding of the characters: the given one, or UTF-16 where a byte order mark shows it
 */
public record CsvDialect(char separator, char quote, Charset encoding) {
    private static final int HEAD_BYTES = 1 << 16;
    private static final char APOSTROPHE = '\'';

    public CsvDialect {
        Objects.requireNonNull(encoding, "encoding");
    }

    /**
     * Looks at the start of a file.
     *
     * @param file a regular file; a pipe would lose its first bytes
     * @param usual the format that counts where the file shows no other
     * @throws SnapshotException INVALID_REQUEST if the file is missing, is a directory or is not in its encoding;
     *     CORRUPT or UNAVAILABLE if it cannot be read
     */
    public static CsvDialect of(Path file, CsvFormat usual) {
        CsvFile bytes = new CsvFile(file, usual.encoding());
        byte[] head;
        try (InputStream in = bytes.open()) {
            head = in.readNBytes(HEAD_BYTES);
        } catch (IOException e) {
            throw bytes.failure(e);
        }
        boolean whole = head.length < HEAD_BYTES;
        String text = new String(head, StandardCharsets.UTF_8);
        char quote = quote(text, usual);
        char separator =
                SeparatorGuess.of(text, whole, usual.separator(), quote).orElse(usual.separator());
        return new CsvDialect(separator, quote, bytes.shownEncoding());
    }

    /** An apostrophe is the quote character only if cells start and end with it, and no double quote occurs. */
    private static char quote(String head, CsvFormat usual) {
        boolean apostrophes = usual.quote() == '"'
                && head.indexOf('"') < 0
                && Pattern.compile("(?:^|[,;\t|])'[^'\r\n]*'(?:[,;\t|]|\r?$)", Pattern.MULTILINE)
                        .matcher(head)
                        .find();
        return apostrophes ? APOSTROPHE : usual.quote();
    }

    /** Returns a format in this form. */
    public CsvFormat applyTo(CsvFormat format) {
        return format.withSeparator(separator).withQuote(quote);
    }
}
