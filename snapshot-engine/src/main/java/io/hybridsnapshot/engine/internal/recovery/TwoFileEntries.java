package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Properties;

/**
 * Entries of releases before the one-file format: a file of rows with a file of properties beside it. They are read,
 * delivered and removed; new ones are never made. The properties are renamed before the rows are deleted, so the
 * remnant of a crash names its snapshot.
 */
final class TwoFileEntries {
    private static final String PROPERTIES = ".properties";
    private static final String ROWS = ".rows";
    /** Properties without certain rows: the rows are not there yet, or may be gone. */
    private static final String UNFINISHED = ".unfinished";

    private final Path directory;

    TwoFileEntries(Path directory) {
        this.directory = directory;
    }

    /** Returns the snapshot of a file, by the file's name. */
    static Optional<SnapshotId> id(String fileName) {
        for (String suffix : new String[] {PROPERTIES, UNFINISHED, ROWS}) {
            if (fileName.endsWith(suffix)) {
                try {
                    return Optional.of(SnapshotId.parse(fileName.substring(0, fileName.length() - suffix.length())));
                } catch (SnapshotException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Reads an entry of any dataset.
     *
     * @return empty where there is none
     * @throws SnapshotException CORRUPT if it is damaged
     * @throws IOException if it cannot be read
     */
    Optional<ArchiveSubmission> find(SnapshotId id) throws IOException {
        if (Files.exists(entry(id))) {
            Optional<ArchiveSubmission> found = read(id, entry(id));
            if (found.isPresent() && Files.notExists(rows(id)) && Files.exists(entry(id))) {
                throw OutboxEntry.damaged(entry(id), "no rows beside it", rows(id));
            }
            return found;
        }
        // Properties that are renamed meanwhile are found by one of the checks.
        if (Files.notExists(unfinished(id))
                && Files.notExists(entry(id))
                && Files.notExists(unfinished(id))
                && Files.exists(rows(id))) {
            throw OutboxEntry.damaged(rows(id), "no description beside it", entry(id));
        }
        return Optional.empty();
    }

    /**
     * Reads the description of an incomplete entry.
     *
     * @return empty where nothing is left, or no rows and no whole description
     * @throws SnapshotException CORRUPT if there are rows and no description of them
     */
    Optional<ArchiveSubmission> findRemnant(SnapshotId id) throws IOException {
        if (Files.exists(entry(id)) || Files.notExists(unfinished(id))) {
            return Optional.empty();
        }
        try {
            return read(id, unfinished(id));
        } catch (SnapshotException e) {
            if (Files.exists(rows(id))) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Returns the dataset of an entry or of the remnant of one, by its description; empty where no complete description
     * names it.
     */
    Optional<String> dataset(SnapshotId id) {
        for (Path description : new Path[] {entry(id), unfinished(id)}) {
            try {
                if (Files.exists(description)) {
                    return read(id, description).map(ArchiveSubmission::dataset);
                }
            } catch (SnapshotException | IOException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Optional<ArchiveSubmission> read(SnapshotId id, Path file) throws IOException {
        OutboxEntry.requireRegularFile(file);
        OutboxEntry.requireRegularFile(rows(id));
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw OutboxEntry.damaged(file)
                    .actual("a description that is no text in UTF-8, or has a bad escape")
                    .expected("the description of snapshot " + id)
                    .cause(e)
                    .build();
        }
        ArchiveSubmission entry = OutboxEntry.submission(properties, file, rows(id), 0);
        if (!entry.snapshotId().equals(id)) {
            throw OutboxEntry.damaged(file, "snapshot " + entry.snapshotId(), id);
        }
        return Optional.of(entry);
    }

    /** Checks whether anything is left of an entry that is not whole, rows or description. */
    boolean hasRemnant(SnapshotId id) {
        return Files.notExists(entry(id)) && (Files.isRegularFile(unfinished(id)) || Files.isRegularFile(rows(id)));
    }

    /** Makes an entry, if there is one, a remnant. */
    void retire(SnapshotId id) throws IOException {
        if (Files.isRegularFile(entry(id))) {
            try {
                Files.move(
                        entry(id), unfinished(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (NoSuchFileException e) {
                // Another process delivered it as well and removes it.
                return;
            }
        }
    }

    /** Deletes a remnant, rows first; false where there was none. */
    boolean removeRemnant(SnapshotId id) throws IOException {
        if (!hasRemnant(id)) {
            return false;
        }
        boolean rows = Files.isRegularFile(rows(id)) && Files.deleteIfExists(rows(id));
        return Files.isRegularFile(unfinished(id)) && Files.deleteIfExists(unfinished(id)) || rows;
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
}
