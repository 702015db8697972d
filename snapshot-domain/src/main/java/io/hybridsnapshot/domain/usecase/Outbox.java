package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Archives that could not be delivered: for each a file of rows and, written last, a file of properties that says what it is. Only what has its
 * properties is an entry, so a crash leaves either all of an entry or none.
 */
final class Outbox {
    private static final String DIRECTORY = "outbox";
    private static final String PROPERTIES = ".properties";
    private static final String TAG = "tag.";

    private final Path directory;

    /** The outbox below a work directory. */
    Outbox(Path workDirectory) {
        this.directory = workDirectory.resolve(DIRECTORY);
    }

    /** Keeps a submission; its file is moved here. Durable when this returns. */
    void put(ArchiveSubmission submission) {
        Path rows = directory.resolve(submission.snapshotId() + ".rows");
        Path entry = entry(submission.snapshotId());
        Path unfinished = directory.resolve(submission.snapshotId() + ".unfinished");
        try {
            Files.createDirectories(directory);
            Files.move(submission.file().file(), rows, StandardCopyOption.REPLACE_EXISTING);
            try (Writer writer = Files.newBufferedWriter(unfinished, StandardCharsets.UTF_8)) {
                properties(submission).store(writer, null);
            }
            force(unfinished);
            Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(directory);
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    /**
     * What the outbox holds.
     *
     * @param readable the entries of a dataset
     * @param unreadable entries, of whatever dataset, that nobody can read, with the reason
     */
    record Contents(List<ArchiveSubmission> readable, Map<SnapshotId, String> unreadable) {}

    /** All entries of a dataset; one that is damaged does not hide the others. */
    Contents contents(String dataset) {
        List<ArchiveSubmission> entries = new ArrayList<>();
        Map<SnapshotId, String> unreadable = new HashMap<>();
        if (!Files.isDirectory(directory)) {
            return new Contents(entries, unreadable);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + PROPERTIES)) {
            for (Path file : files) {
                try {
                    ArchiveSubmission entry = read(file);
                    if (entry.dataset().equals(dataset)) {
                        entries.add(entry);
                    }
                } catch (SnapshotException e) {
                    String name = file.getFileName().toString();
                    unreadable.put(
                            SnapshotId.parse(name.substring(0, name.length() - PROPERTIES.length())), e.getMessage());
                }
            }
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
        return new Contents(entries, unreadable);
    }

    /** The entry of a snapshot. */
    Optional<ArchiveSubmission> find(SnapshotId id) {
        Path file = entry(id);
        try {
            return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    /** Forgets an entry and deletes its file. */
    void remove(SnapshotId id) {
        try {
            Files.deleteIfExists(entry(id));
            Files.deleteIfExists(directory.resolve(id + ".rows"));
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    private Path entry(SnapshotId id) {
        return directory.resolve(id + PROPERTIES);
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

    private ArchiveSubmission read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        try {
            SnapshotId id = SnapshotId.parse(properties.getProperty("snapshot"));
            Map<String, String> tags = new HashMap<>();
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith(TAG)) {
                    tags.put(name.substring(TAG.length()), properties.getProperty(name));
                }
            }
            WrittenFile rows = new WrittenFile(
                    directory.resolve(id + ".rows"),
                    Long.parseLong(properties.getProperty("rows")),
                    Long.parseLong(properties.getProperty("size")),
                    Long.parseLong(properties.getProperty("uncompressed-size")),
                    properties.getProperty("md5"),
                    properties.getProperty("sha256"));
            return new ArchiveSubmission(
                    id,
                    properties.getProperty("dataset"),
                    properties.getProperty("source-database"),
                    new Partition(properties.getProperty("partition")),
                    Instant.parse(properties.getProperty("date")),
                    Integer.parseInt(properties.getProperty("columns")),
                    properties.getProperty("schema-hash"),
                    properties.getProperty("hash-spec"),
                    new Fingerprint(properties.getProperty("fingerprint")),
                    rows,
                    Optional.ofNullable(properties.getProperty("retention-until"))
                            .map(LocalDate::parse),
                    tags,
                    Optional.ofNullable(properties.getProperty("changes")).map(Outbox::changes));
        } catch (RuntimeException e) {
            throw SnapshotException.corrupt("an outbox entry cannot be read")
                    .where(file.toString())
                    .nextStep("move it and its .rows file away, and archive the snapshot's partition anew by a save")
                    .cause(e)
                    .build();
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
