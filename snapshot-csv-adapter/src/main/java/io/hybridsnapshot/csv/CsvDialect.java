package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The form of a CSV file as its first 64 KiB show it. Immutable.
 *
 * @param separator between cells
 * @param quote around cells
 * @param encoding of the characters: what a byte order mark shows, or else the given one
 */
public record CsvDialect(char separator, char quote, Charset encoding) {
    private static final int HEAD_BYTES = 1 << 16;
    private static final char APOSTROPHE = '\'';
    private static final Pattern QUOTED_BY_APOSTROPHES = Pattern.compile("'[^']+'(?:[,;\t|]'[^']+')*");

    public CsvDialect {
        Objects.requireNonNull(encoding, "encoding");
    }

    /**
     * Looks at the start of a file.
     *
     * @param file a regular file; a pipe would lose its first bytes
     * @param usual the format that counts where the file shows no other. If its encoding is not UTF-8, and the whole
     *     file is UTF-8 with characters beyond ASCII, the file is UTF-8
     * @throws SnapshotException INVALID_REQUEST if the file is missing or is a directory; CORRUPT or UNAVAILABLE if it
     *     cannot be read
     */
    public static CsvDialect of(Path file, CsvFormat usual) {
        return of(file, file.toString(), usual);
    }

    /**
     * Looks at the start of a file that is a copy.
     *
     * @param name the words by which messages name the file
     * @throws SnapshotException as {@link #of(Path, CsvFormat)} does
     */
    public static CsvDialect of(Path file, String name, CsvFormat usual) {
        Charset encoding = usual.encoding();
        if (!encoding.equals(StandardCharsets.UTF_8) && isUtf8(new CsvFile(file, StandardCharsets.UTF_8).named(name))) {
            encoding = StandardCharsets.UTF_8;
        }
        CsvFile bytes = new CsvFile(file, encoding).named(name);
        byte[] head;
        try (InputStream in = bytes.open()) {
            head = in.readNBytes(HEAD_BYTES);
        } catch (IOException e) {
            throw bytes.failure(e);
        }
        String text = new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "");
        char quote = quote(text, usual);
        char separator = SeparatorGuess.ofFile(text, head.length < HEAD_BYTES, usual.separator(), quote);
        return new CsvDialect(separator, quote, bytes.shownEncoding());
    }

    /** Checks whether a whole file is well-formed UTF-8 and has characters beyond ASCII. */
    private static boolean isUtf8(CsvFile file) {
        boolean beyondAscii = false;
        CharsetDecoder strict = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        char[] buffer = new char[HEAD_BYTES];
        try (Reader in = new InputStreamReader(file.open(), strict)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                for (int i = 0; i < count && !beyondAscii; i++) {
                    beyondAscii = buffer[i] > 0x7F;
                }
            }
            return beyondAscii;
        } catch (CharacterCodingException e) {
            return false;
        } catch (IOException e) {
            throw file.failure(e);
        }
    }

    /** The apostrophe is the quote character only if every name in the header stands in apostrophes. */
    private static char quote(String head, CsvFormat usual) {
        String header = head.lines().filter(line -> !line.isBlank()).findFirst().orElse("");
        boolean apostrophes =
                usual.quote() == '"' && QUOTED_BY_APOSTROPHES.matcher(header).matches();
        return apostrophes ? APOSTROPHE : usual.quote();
    }
}
