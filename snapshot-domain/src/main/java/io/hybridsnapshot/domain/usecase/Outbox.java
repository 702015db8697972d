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
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Archives that could not be delivered: for each a file of rows and a file of properties that says what it is. The properties come first and
 * go last, and while the rows come or go they have another name, so that a crash leaves all of an entry or a remnant that says whose it
 * is. Any number of processes may use one; a snapshot is put once.
 */
final class Outbox {
    private static final String DIRECTORY = "outbox";
    private static final String PROPERTIES = ".properties";
    private static final String ROWS = ".rows";
    /** Properties of rows that are not there yet, or no longer for sure. */
    private static final String UNFINISHED = ".unfinished";

    private static final String TAG = "tag.";

    private final Path directory;

    /** The outbox below a work directory. */
    Outbox(Path workDirectory) {
        this.directory = workDirectory.resolve(DIRECTORY);
    }

    /** Keeps a submission; its file is moved here. Durable when this returns. */
    void put(ArchiveSubmission submission) {
        SnapshotId id = submission.snapshotId();
        try {
            Files.createDirectories(directory);
            try (Writer writer = Files.newBufferedWriter(unfinished(id), StandardCharsets.UTF_8)) {
                properties(submission).store(writer, null);
            }
            force(unfinished(id));
            Files.move(submission.file().file(), rows(id), StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished(id), entry(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    /**
     * What the outbox holds.
     *
     * @param readable the entries of a dataset
     * @param remnants of entries of the dataset, which came or went when a process died, or come or go in this moment; some without rows
     * @param unreadable files, of whatever dataset, of which nobody can say what they are, with the reason
     */
    record Contents(
            List<ArchiveSubmission> readable, List<ArchiveSubmission> remnants, Map<SnapshotId, String> unreadable) {}

    /** All entries of a dataset; one that is damaged does not hide the others. */
    Contents contents(String dataset) {
        Contents contents = new Contents(new ArrayList<>(), new ArrayList<>(), new HashMap<>());
        for (SnapshotId id : ids()) {
            try {
                if (Files.exists(entry(id))) {
                    addTo(contents.readable(), entry(id), dataset);
                } else if (Files.exists(unfinished(id))) {
                    addRemnantTo(contents, id, dataset);
                } else if (isRowsAlone(id)) {
                    contents.unreadable().put(id, unreadable(rows(id)).build().getMessage());
                }
            } catch (SnapshotException e) {
                contents.unreadable().put(id, e.getMessage());
            } catch (NoSuchFileException e) {
                // It was delivered, or its rows arrived, in this very moment; the next look tells.
                continue;
            } catch (IOException e) {
                throw Scratch.unusable(directory, e);
            }
        }
        return contents;
    }

    /** A description that is not whole yet has no rows yet. */
    private void addRemnantTo(Contents contents, SnapshotId id, String dataset) throws IOException {
        try {
            addTo(contents.remnants(), unfinished(id), dataset);
        } catch (SnapshotException e) {
            if (Files.exists(rows(id))) {
                throw e;
            }
        }
    }

    private void addTo(List<ArchiveSubmission> entries, Path file, String dataset) throws IOException {
        ArchiveSubmission entry = read(file);
        if (entry.dataset().equals(dataset)) {
            entries.add(entry);
        }
    }

    /** The snapshots of all files here; what has another name is somebody else's. */
    private Set<SnapshotId> ids() {
        Set<SnapshotId> ids = new TreeSet<>(Comparator.comparing(SnapshotId::value));
        if (!Files.isDirectory(directory)) {
            return ids;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                for (String suffix : List.of(PROPERTIES, UNFINISHED, ROWS)) {
                    if (name.endsWith(suffix)) {
                        id(name.substring(0, name.length() - suffix.length())).ifPresent(ids::add);
                    }
                }
            }
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
        return ids;
    }

    private static Optional<SnapshotId> id(String name) {
        try {
            return Optional.of(SnapshotId.parse(name));
        } catch (SnapshotException e) {
            return Optional.empty();
        }
    }

    /** Properties that are renamed meanwhile, when an entry comes or goes, are met by one of the looks. */
    private boolean isRowsAlone(SnapshotId id) {
        return Files.notExists(unfinished(id))
                && Files.notExists(entry(id))
                && Files.notExists(unfinished(id))
                && Files.exists(rows(id));
    }

    /** The entry of a snapshot. */
    Optional<ArchiveSubmission> find(SnapshotId id) {
        try {
            return Files.exists(entry(id)) ? Optional.of(read(entry(id))) : Optional.empty();
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    /** Forgets an entry, or what is left of one, and deletes its file. */
    void remove(SnapshotId id) {
        try {
            if (Files.exists(entry(id))) {
                Files.move(
                        entry(id), unfinished(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                forceDirectory();
            }
        } catch (NoSuchFileException e) {
            // Another process delivered it as well and removes it.
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
        removeRemnant(id);
    }

    /**
     * Deletes what is left of an entry that nobody puts any more; an entry that is whole stays.
     *
     * @return whether anything was left
     */
    boolean removeRemnant(SnapshotId id) {
        try {
            if (Files.exists(entry(id))) {
                return false;
            }
            boolean rows = Files.deleteIfExists(rows(id));
            return Files.deleteIfExists(unfinished(id)) || rows;
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    private Path entry(SnapshotId id) {
        return directory.resolve(id + PROPERTIES);
    }

    private Path unfinished(SnapshotId id) {
        return directory.resolve(id + UNFINISHED);
    }

    private Path rows(SnapshotId id) {
        return directory.resolve(id + ROWS);
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
                    rows(id),
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
                    Optional.ofNullable(properties.getProperty("changes")).map(Outbox::changes),
                    Integer.parseInt(properties.getProperty("attempt", "1")));
        } catch (RuntimeException e) {
            throw unreadable(file).cause(e).build();
        }
    }

    private static SnapshotException.Builder unreadable(Path file) {
        return SnapshotException.corrupt("nobody can say what a file of the outbox is")
                .where(file.toString())
                .expected("rows (" + ROWS + ") and their description (" + PROPERTIES + ")")
                .nextStep("save the snapshot's partition anew, then delete both: they hold rows");
    }

    private static void force(Path file) throws IOException {
        // Windows forces only what is open for writing.
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no directory; its file systems keep entries in a journal of their own.
        }
    }
}
