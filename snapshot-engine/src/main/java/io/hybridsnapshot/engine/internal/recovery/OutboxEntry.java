package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The format of a waiting file: the rows' file as written, the description (Java properties in ASCII), and a footer of
 * 48 bytes. The footer holds the description's length (8 bytes, big-endian), its SHA-256, and the magic with the
 * version. The rows come first, so a save turns its own file into the entry by appending to it. The description holds
 * the digests of the rows.
 */
final class OutboxEntry {
    private static final byte[] MAGIC = "HSOUTBX1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int FOOTER_BYTES = Long.BYTES + DIGEST_BYTES + MAGIC.length;
    /** Far above any description; keeps a damaged length from being allocated. */
    private static final int MAX_DESCRIPTION_BYTES = 1 << 26;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final String TAG = "tag.";

    private OutboxEntry() {}

    /** Appends description and footer to the rows' file. Durable when this returns. */
    static void complete(Path file, ArchiveSubmission submission) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        properties(submission).store(text, null);
        byte[] description = text.toByteArray();
        if (description.length > MAX_DESCRIPTION_BYTES) {
            throw SnapshotException.invalidRequest("the tags are too long")
                    .where("snapshot " + submission.snapshotId())
                    .actual(description.length + " bytes")
                    .expected("at most " + MAX_DESCRIPTION_BYTES)
                    .nextStep("shorten the tags")
                    .build();
        }
        ByteBuffer trailer = ByteBuffer.allocate(description.length + FOOTER_BYTES)
                .put(description)
                .putLong(description.length)
                .put(Sha256.digest().digest(description))
                .put(MAGIC)
                .flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            // Bytes that a writer left behind the rows would become a part of the rows.
            long at = submission.file().size();
            channel.truncate(at);
            while (trailer.hasRemaining()) {
                at += channel.write(trailer, at);
            }
            channel.force(true);
        }
    }

    /**
     * Reads an entry's description, and none of its rows.
     *
     * @throws SnapshotException CORRUPT if the file is not the whole entry of this dataset's snapshot
     * @throws IOException if the file is gone or cannot be read
     */
    static ArchiveSubmission read(Path file, String dataset, SnapshotId id) throws IOException {
        requireRegularFile(file);
        long size;
        byte[] description;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            size = channel.size();
            if (size < FOOTER_BYTES) {
                throw damaged(file, size + " bytes", "an entry of at least " + FOOTER_BYTES + " bytes");
            }
            ByteBuffer footer = read(channel, file, size - FOOTER_BYTES, FOOTER_BYTES);
            long length = footer.getLong();
            byte[] digest = new byte[DIGEST_BYTES];
            footer.get(digest);
            byte[] magic = new byte[MAGIC.length];
            footer.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw damaged(file, "another end", "'" + new String(MAGIC, StandardCharsets.US_ASCII) + "'");
            }
            if (length < 0 || length > Math.min(MAX_DESCRIPTION_BYTES, size - FOOTER_BYTES)) {
                throw damaged(file, "a description of " + length + " bytes", "one within the file");
            }
            description = read(channel, file, size - FOOTER_BYTES - length, (int) length)
                    .array();
            byte[] actual = Sha256.digest().digest(description);
            if (!Arrays.equals(actual, digest)) {
                throw damaged(
                        file,
                        "a description of SHA-256 " + HexFormat.of().formatHex(actual),
                        HexFormat.of().formatHex(digest));
            }
        }
        Properties properties = new Properties();
        properties.load(new ByteArrayInputStream(description));
        long trailer = description.length + (long) FOOTER_BYTES;
        ArchiveSubmission entry = submission(properties, file, file, trailer);
        requireSame(file, "snapshot", entry.snapshotId(), id);
        requireSame(file, "dataset", entry.dataset(), dataset);
        requireSame(file, "bytes", size, entry.file().localSize());
        return entry;
    }

    private static ByteBuffer read(FileChannel channel, Path file, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw damaged(file, "fewer bytes than a moment ago", "a file that nothing changes");
            }
        }
        return buffer.flip();
    }

    /** A directory or a device is no entry, and opening it may fail or block for ever. */
    static void requireRegularFile(Path file) {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file)) {
            throw damaged(file, "a directory, or another thing that is no file", "a file");
        }
    }

    private static void requireSame(Path file, String what, Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw damaged(file, what + " " + actual, expected);
        }
    }

    /**
     * Reads the rows' bytes and compares them with their digest.
     *
     * @throws SnapshotException CORRUPT if they differ
     * @throws IOException if the file is gone or cannot be read
     */
    static void requireSound(WrittenFile rows) throws IOException {
        requireSame(rows.file(), "bytes", Files.size(rows.file()), rows.localSize());
        MessageDigest digest = Sha256.digest();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = rows.openBytes()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        requireSame(rows.file(), "rows of SHA-256", HexFormat.of().formatHex(digest.digest()), rows.sha256());
    }

    static SnapshotException damaged(Path file, Object actual, Object expected) {
        return damaged(file).actual(actual).expected(expected).build();
    }

    static SnapshotException.Builder damaged(Path file) {
        return SnapshotException.corrupt("a file that waits to be archived is damaged")
                .where(file.toString())
                .nextStep("save the snapshot's partition again, then delete the file, as it may hold rows");
    }

    private static Properties properties(ArchiveSubmission submission) {
        Properties properties = new Properties();
        properties.setProperty("snapshot", submission.snapshotId().toString());
        properties.setProperty("dataset", submission.dataset());
        properties.setProperty("source-database", submission.sourceDatabase());
        properties.setProperty("partition", submission.partition().name());
        properties.setProperty("date", submission.date().toString());
        properties.setProperty("columns", Integer.toString(submission.columnCount()));
        properties.setProperty("schema-hash", submission.schemaHash());
        properties.setProperty("hash-spec", submission.hashSpecId());
        properties.setProperty("fingerprint", submission.fingerprint().hex());
        properties.setProperty("attempt", Integer.toString(submission.attempt()));
        properties.setProperty("rows", Long.toString(submission.file().rowCount()));
        properties.setProperty("size", Long.toString(submission.file().size()));
        properties.setProperty(
                "uncompressed-size", Long.toString(submission.file().uncompressedSize()));
        properties.setProperty("md5", submission.file().md5());
        properties.setProperty("sha256", submission.file().sha256());
        submission.retentionUntil().ifPresent(day -> properties.setProperty("retention-until", day.toString()));
        submission.changes().ifPresent(changes -> properties.setProperty("changes", changes(changes)));
        submission.tags().forEach((name, value) -> properties.setProperty(TAG + name, value));
        return properties;
    }

    private static String changes(DeltaSummary changes) {
        return changes.added() + " " + changes.changed() + " " + changes.unchanged() + " " + changes.deleted();
    }

    private static DeltaSummary changes(String text) {
        long[] counts = Stream.of(text.split(" ")).mapToLong(Long::parseLong).toArray();
        return new DeltaSummary(counts[0], counts[1], counts[2], counts[3]);
    }

    /**
     * Returns a submission by its description.
     *
     * @param described the file that has the description, for messages
     * @param rows the local file that begins with the rows' file
     * @param trailer bytes behind them
     * @throws SnapshotException CORRUPT if the description lacks something
     */
    static ArchiveSubmission submission(Properties properties, Path described, Path rows, long trailer) {
        try {
            Map<String, String> tags = new HashMap<>();
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith(TAG)) {
                    tags.put(name.substring(TAG.length()), properties.getProperty(name));
                }
            }
            return ArchiveSubmission.builder(
                            SnapshotId.parse(properties.getProperty("snapshot")),
                            properties.getProperty("dataset"),
                            new Partition(properties.getProperty("partition")),
                            Instant.parse(properties.getProperty("date")),
                            new WrittenFile(
                                    rows,
                                    Long.parseLong(properties.getProperty("rows")),
                                    Long.parseLong(properties.getProperty("size")),
                                    Long.parseLong(properties.getProperty("uncompressed-size")),
                                    properties.getProperty("md5"),
                                    properties.getProperty("sha256"),
                                    trailer))
                    .sourceDatabase(properties.getProperty("source-database"))
                    .columnCount(Integer.parseInt(properties.getProperty("columns")))
                    .schemaHash(properties.getProperty("schema-hash"))
                    .hashSpecId(properties.getProperty("hash-spec"))
                    .fingerprint(new Fingerprint(properties.getProperty("fingerprint")))
                    .retentionUntil(Optional.ofNullable(properties.getProperty("retention-until"))
                            .map(LocalDate::parse))
                    .tags(tags)
                    .changes(Optional.ofNullable(properties.getProperty("changes"))
                            .map(OutboxEntry::changes))
                    .attempt(Integer.parseInt(properties.getProperty("attempt", "1")))
                    .build();
        } catch (RuntimeException e) {
            throw damaged(described)
                    .actual("a description that lacks something")
                    .expected("dataset, partition, date, rows and digests")
                    .cause(e)
                    .build();
        }
    }
}
