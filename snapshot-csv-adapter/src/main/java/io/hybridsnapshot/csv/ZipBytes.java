package io.hybridsnapshot.csv;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The decompressed bytes of the only member of a ZIP archive (APPNOTE 6.3). Its length and checksum are compared with
 * those of the archive's directory at the end; another one is a {@link CompressionDamageException}. The bytes are never
 * in memory as a whole. For one thread; closes the archive.
 */
final class ZipBytes extends InputStream {
    private static final String EXPECTED = "a whole ZIP archive and nothing after it";
    private static final int END_SIGNATURE = 0x06054B50;
    private static final int END_BYTES = 22;
    private static final int MOST_END_BYTES = END_BYTES + 0xFFFF;

    private final ZipFile archive;
    private final ZipArchiveEntry member;
    private final InputStream bytes;
    private final CRC32 checksum = new CRC32();
    private long length;
    private boolean ended;

    private ZipBytes(ZipFile archive, ZipArchiveEntry member, InputStream bytes) {
        this.archive = archive;
        this.member = member;
        this.bytes = bytes;
    }

    /**
     * Opens the only member of an archive.
     *
     * @throws ZipMembersException if the archive has no member, several ones, a directory, or one that cannot be read
     * @throws CompressionDamageException if the archive is damaged
     */
    static ZipBytes open(Path file) throws IOException {
        ZipFile archive = archive(file);
        try {
            ZipArchiveEntry member = onlyMember(archive);
            return new ZipBytes(archive, member, archive.getInputStream(member));
        } catch (IOException | RuntimeException e) {
            closeAfter(archive, e);
            throw e instanceof RuntimeException ? damage(e) : (IOException) e;
        }
    }

    /** The names of an archive's members, in the order of its directory. */
    static List<String> members(Path file) throws IOException {
        try (ZipFile archive = archive(file)) {
            return names(archive);
        }
    }

    private static ZipFile archive(Path file) throws IOException {
        requireEnd(file);
        try {
            return ZipFile.builder().setPath(file).get();
        } catch (ZipException | EOFException | RuntimeException e) {
            throw damage(e);
        }
    }

    private static List<String> names(ZipFile archive) {
        List<String> names = new ArrayList<>();
        for (ZipArchiveEntry member : Collections.list(archive.getEntries())) {
            names.add(member.getName());
        }
        return names;
    }

    private static ZipArchiveEntry onlyMember(ZipFile archive) throws ZipMembersException {
        List<ZipArchiveEntry> members = Collections.list(archive.getEntries());
        List<String> names = names(archive);
        if (members.isEmpty()) {
            throw new ZipMembersException("the ZIP archive has no member", "no member", "make the archive again");
        }
        if (members.size() > 1) {
            throw new ZipMembersException(
                    "the ZIP archive has more than one member",
                    names.size() + " members: " + ZipMembersException.shown(names),
                    "unpack it, and name the file that is meant");
        }
        ZipArchiveEntry member = members.get(0);
        if (member.isDirectory()) {
            throw new ZipMembersException(
                    "the ZIP archive has a directory and no file",
                    ZipMembersException.shown(names),
                    "make the archive again, of the file alone");
        }
        if (member.getGeneralPurposeBit().usesEncryption()) {
            throw new ZipMembersException(
                    "the member of the ZIP archive is encrypted",
                    ZipMembersException.shown(names) + ", encrypted",
                    "unpack it with its password, and name the file");
        }
        if (!archive.canReadEntryData(member)) {
            throw new ZipMembersException(
                    "the member of the ZIP archive is compressed in a way that cannot be read",
                    ZipMembersException.shown(names) + ", method " + member.getMethod(),
                    "unpack it, and name the file");
        }
        return member;
    }

    /** Checks that the archive's end record ends the file: only then the file is whole and nothing stands behind it. */
    private static void requireEnd(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            int count = (int) Math.min(channel.size(), MOST_END_BYTES);
            ByteBuffer end = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
            channel.position(channel.size() - count);
            while (end.hasRemaining() && channel.read(end) >= 0) {
                // All of the end is read.
            }
            boolean found = false;
            for (int at = count - END_BYTES; at >= 0; at--) {
                if (end.getInt(at) == END_SIGNATURE) {
                    if (at + END_BYTES + (end.getShort(at + END_BYTES - 2) & 0xFFFF) == count) {
                        return;
                    }
                    found = true;
                }
            }
            throw new CompressionDamageException(
                    !found,
                    found ? "bytes after the end of the archive" : "no end of a ZIP archive at the end of the file",
                    EXPECTED,
                    null);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /** Fills the array as far as the member goes, as {@link GzipBytes} does. */
    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        int read = 0;
        try {
            while (read < wanted && !ended) {
                int count = bytes.read(into, offset + read, wanted - read);
                if (count < 0) {
                    ended = true;
                    requireWhole();
                } else {
                    checksum.update(into, offset + read, count);
                    length += count;
                    read += count;
                }
            }
        } catch (ZipException | EOFException | RuntimeException e) {
            throw damage(e);
        }
        return read == 0 && wanted > 0 ? -1 : read;
    }

    private void requireWhole() throws CompressionDamageException {
        if (length != member.getSize() || checksum.getValue() != member.getCrc()) {
            throw new CompressionDamageException(
                    false,
                    length == member.getSize()
                            ? "a member whose checksum is another"
                            : "a member of another length than the archive says",
                    EXPECTED,
                    null);
        }
    }

    @Override
    public void close() throws IOException {
        try (archive) {
            bytes.close();
        }
    }

    private static CompressionDamageException damage(Exception cause) {
        return new CompressionDamageException(
                cause instanceof EOFException,
                "a ZIP archive that cannot be read ('" + cause.getMessage() + "')",
                EXPECTED,
                cause);
    }

    private static void closeAfter(ZipFile archive, Exception cause) {
        try {
            archive.close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
