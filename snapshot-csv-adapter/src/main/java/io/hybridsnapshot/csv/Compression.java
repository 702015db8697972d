package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The compression of a text file, which its first bytes show. */
public enum Compression {
    /** The file holds the text itself. */
    NONE("none"),
    /** Gzip, of one member or several (RFC 1952). */
    GZIP("gzip"),
    /** Zstandard, of one frame or several (RFC 8878). */
    ZSTD("zstd"),
    /** A ZIP archive with exactly one member. */
    ZIP("zip");

    private static final int MAGIC_BYTES = 4;

    private final String title;

    Compression(String title) {
        this.title = title;
    }

    /** The name of the compression, for messages. */
    public String title() {
        return title;
    }

    /** The compression that the first bytes show; four bytes suffice. */
    public static Compression of(byte[] head) {
        int first = head.length < MAGIC_BYTES
                ? 0
                : (head[0] & 0xFF) << 24 | (head[1] & 0xFF) << 16 | (head[2] & 0xFF) << 8 | head[3] & 0xFF;
        if (head.length >= 2 && head[0] == 0x1F && head[1] == (byte) 0x8B) {
            return GZIP;
        }
        // A skippable frame may come first (RFC 8878, section 3.1.2).
        if (first == 0x28B52FFD || (first & 0xF0FFFFFF) == 0x502A4D18) {
            return ZSTD;
        }
        return first == 0x504B0304 || first == 0x504B0506 ? ZIP : NONE;
    }

    /**
     * The compression of a regular file.
     *
     * @throws IOException if the file cannot be read
     */
    public static Compression of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return of(in.readNBytes(MAGIC_BYTES));
        }
    }

    /**
     * The first bytes of a regular file after decompression. Damage behind them does not count.
     *
     * @throws IOException if the file cannot be read, or holds no such bytes
     */
    public static byte[] head(Path file, int length) throws IOException {
        byte[] head = new byte[length];
        int read = 0;
        try (InputStream in = open(file)) {
            // Byte by byte for a short file: a damaged end must not hide its start.
            for (int next = in.read(); next >= 0; next = in.read()) {
                head[read++] = (byte) next;
                if (read == length) {
                    break;
                }
            }
        } catch (CompressionDamageException e) {
            if (read == 0) {
                throw e;
            }
        }
        return Arrays.copyOf(head, read);
    }

    /**
     * The names of the members of a ZIP archive, in the order of its directory.
     *
     * @throws IOException if the file cannot be read or is no whole ZIP archive
     */
    public static List<String> members(Path archive) throws IOException {
        return ZipBytes.members(archive);
    }

    /** Opens the decompressed bytes of a file, which may be a pipe unless it is a ZIP archive. */
    static InputStream open(Path file) throws IOException {
        return open(file, new AtomicLong());
    }

    /**
     * Opens the decompressed bytes of a file.
     *
     * @param position counts the bytes of the file that were read; it stays 0 for a ZIP archive
     */
    static InputStream open(Path file, AtomicLong position) throws IOException {
        InputStream raw = new CountedBytes(Files.newInputStream(file), position);
        try {
            // Pushed back rather than skipped, because the source may be a pipe.
            PushbackInputStream in = new PushbackInputStream(raw, MAGIC_BYTES);
            byte[] magic = in.readNBytes(MAGIC_BYTES);
            in.unread(magic);
            Compression compression = of(magic);
            if (compression == ZIP) {
                if (!Files.isRegularFile(file)) {
                    throw new ZipMembersException(
                            "a ZIP archive cannot be read from a stream",
                            "a stream",
                            "save the stream to a file first");
                }
                raw.close();
                position.set(0);
                return ZipBytes.open(file);
            }
            return compression == GZIP ? new GzipBytes(in) : compression == ZSTD ? new ZstdBytes(in) : in;
        } catch (IOException | RuntimeException e) {
            try {
                raw.close();
            } catch (IOException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }
}
