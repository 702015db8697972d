package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * The characters of a text file in UTF-8, decompressed where its first bytes are those of a {@link Compression}.
 * Immutable.
 *
 * @param path the file
 * @param name the name in messages: the path, or words such as {@code standard input} for a copy
 * @param form the form of its text, such as {@code CSV}, for messages
 * @param encoding of its characters, unless the file starts with a byte order mark of UTF-8 or UTF-16
 */
record CsvFile(Path path, String name, String form, Charset encoding) {
    private static final int MARK_BYTES = 4;

    CsvFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(form, "form");
        Objects.requireNonNull(encoding, "encoding");
    }

    /** A CSV file that messages name by its path. */
    CsvFile(Path path, Charset encoding) {
        this(path, path.toString(), "CSV", encoding);
    }

    /** The place in a message: the file, or the words that name a copy. */
    String place() {
        return name.equals(path.toString()) ? "file " + name : name;
    }

    /** The same file under another name in messages. */
    CsvFile named(String other) {
        return new CsvFile(path, other, form, encoding);
    }

    /**
     * Opens the bytes; the caller closes them.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist or is a directory, CORRUPT if its
     *     compression is broken at the start, UNAVAILABLE if it cannot be read
     */
    InputStream open() {
        return open(new AtomicLong());
    }

    /**
     * Opens the bytes, as {@link #open()} does.
     *
     * @param position counts the bytes of the file that were read; it stays 0 for a ZIP archive
     */
    InputStream open(AtomicLong position) {
        InputStream bytes = openBytes(position);
        try {
            return inUtf8(bytes);
        } catch (IOException e) {
            closeAfter(bytes, e);
            throw failure(e);
        }
    }

    /** Opens the bytes, decompressed, in the encoding of the file. */
    private InputStream openBytes(AtomicLong position) {
        if (Files.isDirectory(path)) {
            throw SnapshotException.invalidRequest("the " + form + " file is a directory")
                    .where(place())
                    .expected("a file")
                    .nextStep("name one file in it")
                    .build();
        }
        try {
            return Compression.open(path, position);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** The encoding that the file is read in; the given one if the file cannot be read. */
    Charset shownEncoding() {
        try (InputStream in = openBytes(new AtomicLong())) {
            byte[] mark = in.readNBytes(MARK_BYTES);
            return marked(mark, mark.length);
        } catch (IOException e) {
            return encoding;
        }
    }

    /** The same characters in UTF-8. Closing the result closes the stream. */
    private InputStream inUtf8(InputStream bytes) throws IOException {
        PushbackInputStream in = new PushbackInputStream(bytes, MARK_BYTES);
        byte[] mark = new byte[MARK_BYTES];
        int length = in.readNBytes(mark, 0, MARK_BYTES);
        in.unread(mark, 0, length);
        Charset marked = marked(mark, length);
        return marked.equals(StandardCharsets.UTF_8) ? in : transcoded(in, marked);
    }

    /** The encoding that a byte order mark shows, or else the named one. */
    private Charset marked(byte[] start, int length) {
        boolean utf8 = length >= 3 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB && start[2] == (byte) 0xBF;
        if (utf8) {
            return StandardCharsets.UTF_8;
        }
        return isUtf16(start, length) ? StandardCharsets.UTF_16 : encoding;
    }

    /** Checks whether bytes start with a byte order mark of UTF-16; that of UTF-32 in little endian starts alike. */
    private static boolean isUtf16(byte[] mark, int length) {
        int first = length < 2 ? 0 : (mark[0] & 0xFF) << Byte.SIZE | mark[1] & 0xFF;
        boolean utf32 = length == MARK_BYTES && mark[2] == 0 && mark[3] == 0;
        return first == 0xFEFF || first == 0xFFFE && !utf32;
    }

    private static InputStream transcoded(InputStream bytes, Charset from) throws IOException {
        CharsetDecoder strict = from.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return ReaderInputStream.builder()
                .setReader(new InputStreamReader(bytes, strict))
                .setCharset(StandardCharsets.UTF_8)
                .get();
    }

    /** Translates an error of the operating system or of a compression, raised while the file was opened or read. */
    SnapshotException failure(IOException e) {
        if (e instanceof NoSuchFileException || e instanceof FileNotFoundException) {
            return SnapshotException.invalidRequest("the " + form + " file does not exist")
                    .where(place())
                    .nextStep("correct the path")
                    .cause(e)
                    .build();
        }
        if (e instanceof CompressionDamageException damage) {
            return SnapshotException.corrupt(
                            damage.isCut()
                                    ? "the compressed " + form + " file ends in the middle"
                                    : "the compressed " + form + " file is damaged")
                    .where(place())
                    .actual(damage.getMessage())
                    .expected(damage.expected())
                    .nextStep("copy or make the file again")
                    .cause(e)
                    .build();
        }
        if (e instanceof ZipMembersException members) {
            return SnapshotException.invalidRequest(members.getMessage())
                    .where(place())
                    .actual(members.found())
                    .expected("a ZIP archive with one member, the " + form + " file")
                    .nextStep(members.nextStep())
                    .cause(e)
                    .build();
        }
        if (e instanceof CharacterCodingException) {
            return SnapshotException.invalidRequest("the " + form + " file is not in its encoding")
                    .where(place())
                    .actual("bytes that are no character of " + shownEncoding().name())
                    .expected(shownEncoding().name())
                    .nextStep("copy or make the file again if it was cut, or name the encoding that it has")
                    .cause(e)
                    .build();
        }
        return SnapshotException.unavailable("the " + form + " file cannot be read")
                .where(place())
                .actual(reason(e))
                .expected("a readable file")
                .cause(e)
                .build();
    }

    /** The message of the operating system without the path, because the place names the path. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "no permission";
        }
        String text = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return text == null ? "a failure of the file system without a reason" : text;
    }

    /** Whether the file can be read more than once: a pipe cannot, and opening it again would wait for a writer. */
    boolean isRepeatable() {
        return Files.isRegularFile(path);
    }

    /** The bytes of the file; 0 if it is a pipe or cannot be read. */
    long length() {
        try {
            return isRepeatable() ? Files.size(path) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The line, from 1, on which a byte stands; empty if the file can no longer be read. */
    OptionalLong lineOf(long offset) {
        if (!isRepeatable()) {
            return OptionalLong.empty();
        }
        try (InputStream in = open()) {
            byte[] buffer = new byte[1 << 16];
            long line = 1;
            long left = offset;
            boolean afterReturn = false;
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    return OptionalLong.empty();
                }
                for (int i = 0; i < count; i++) {
                    byte b = buffer[i];
                    if (b == '\r' || b == '\n' && !afterReturn) {
                        line++;
                    }
                    afterReturn = b == '\r';
                }
                left -= count;
            }
            return OptionalLong.of(line);
        } catch (IOException | SnapshotException e) {
            return OptionalLong.empty();
        }
    }

    private static void closeAfter(InputStream in, IOException cause) {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
