package io.hybridsnapshot.engine.internal.recovery;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.recovery.AwaitedArchive;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Archives that could not be delivered, one file each ({@link OutboxEntry}). The file's name holds dataset and
 * snapshot, so a damaged file concerns its own dataset alone. An incomplete file has another name. Only the owner may
 * read directory and files, if the file system supports POSIX permissions. Any number of processes may use an outbox; a
 * snapshot is put once.
 */
public final class Outbox {
    private static final String DIRECTORY = "outbox";
    private static final String ENTRY = "entry";
    private static final String UNFINISHED = "unfinished";
    private static final Pattern NAME =
            Pattern.compile("([0-9a-f-]{36})\\.([^.]+)\\.(" + ENTRY + "|" + UNFINISHED + ")");
    private static final Set<PosixFilePermission> OWNERS_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNERS_FILE = PosixFilePermissions.fromString("rw-------");

    private final Path directory;
    private final TwoFileEntries twoFiles;

    /** Makes the outbox below a work directory. */
    public Outbox(Path workDirectory) {
        this.directory = workDirectory.resolve(DIRECTORY);
        this.twoFiles = new TwoFileEntries(directory);
    }

    /**
     * Returns the place of this outbox, host and directory, for people and for comparison with the notes of other
     * processes.
     */
    public String location() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + ":" + directory.toAbsolutePath().normalize();
    }

    /**
     * Returns the place of the file of a snapshot with an awaited archive, even if the file is damaged; empty for any
     * other snapshot.
     */
    public Optional<AwaitedArchive> awaited(WindowSnapshot snapshot) {
        if (snapshot.archiveAwaited().isEmpty() || snapshot.id().isEmpty()) {
            return Optional.empty();
        }
        boolean here;
        try {
            here = find(snapshot.dataset(), snapshot.id().get()).isPresent();
        } catch (SnapshotException e) {
            here = true;
        }
        if (here) {
            return Optional.of(AwaitedArchive.HERE);
        }
        boolean wasHere = snapshot.archiveAwaited().get().equals(location());
        return Optional.of(wasHere ? AwaitedArchive.LOST : AwaitedArchive.ELSEWHERE);
    }

    /** Keeps a submission and moves its file here. Durable when this returns. */
    public void put(ArchiveSubmission submission) {
        SnapshotId id = submission.snapshotId();
        Path unfinished = file(submission.dataset(), id, UNFINISHED);
        try {
            Files.createDirectories(directory);
            try {
                keepToOwner(directory, OWNERS_DIRECTORY);
            } catch (IOException e) {
                // The directory is another user's, but the file is still readable by this user only.
            }
            keepToOwner(submission.file().file(), OWNERS_FILE);
            Files.move(submission.file().file(), unfinished, StandardCopyOption.REPLACE_EXISTING);
            OutboxEntry.complete(unfinished, submission);
            Files.move(
                    unfinished,
                    file(submission.dataset(), id, ENTRY),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    private static void keepToOwner(Path path, Set<PosixFilePermission> permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")
                && !Files.getPosixFilePermissions(path).equals(permissions)) {
            Files.setPosixFilePermissions(path, permissions);
        }
    }

    /**
     * The outbox's content for a dataset.
     *
     * @param readable complete entries, oldest date first; their rows are not read
     * @param remnants of entries that came or went when a process died, or come or go in this moment; some without rows
     * @param damaged files that cannot be read, with the reason
     */
    public record Contents(List<ArchiveSubmission> readable, List<Remnant> remnants, List<Damaged> damaged) {}

    /**
     * An incomplete entry: the rest of one, or the part that exists so far.
     *
     * @param id its snapshot
     * @param description its description; empty where it has none (yet), although it may have rows
     */
    public record Remnant(SnapshotId id, Optional<ArchiveSubmission> description) {}

    /**
     * A file that cannot be read.
     *
     * @param id its snapshot
     * @param isOfDataset whether it is known to be the dataset's; false: its dataset is not known
     * @param reason CORRUPT if it is damaged, UNAVAILABLE if it cannot be read now
     */
    public record Damaged(SnapshotId id, boolean isOfDataset, SnapshotException reason) {}

    /** Returns all that waits for a dataset; a file that is damaged does not hide the others. */
    public Contents contents(String dataset) {
        Contents contents = new Contents(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<SnapshotId> old = new TreeSet<>(Comparator.comparing(SnapshotId::value));
        for (String name : names()) {
            Matcher parts = NAME.matcher(name);
            Optional<SnapshotId> id = parts.matches() ? id(parts.group(1)) : Optional.empty();
            if (id.isEmpty()) {
                TwoFileEntries.id(name).ifPresent(old::add);
            } else if (parts.group(2).equals(dataset)) {
                add(contents, dataset, id.get(), parts.group(3));
            }
        }
        old.forEach(id -> addOld(contents, dataset, id));
        contents.readable()
                .sort(Comparator.comparing(ArchiveSubmission::date)
                        .thenComparing(entry -> entry.partition().name()));
        return contents;
    }

    private void add(Contents contents, String dataset, SnapshotId id, String kind) {
        Path file = file(dataset, id, kind);
        try {
            if (kind.equals(UNFINISHED)) {
                contents.remnants().add(new Remnant(id, Optional.empty()));
            } else {
                contents.readable().add(OutboxEntry.read(file, dataset, id));
            }
        } catch (NoSuchFileException e) {
            // The entry was delivered at this very moment.
            return;
        } catch (IOException e) {
            contents.damaged().add(new Damaged(id, true, unreadable(file, e)));
        } catch (SnapshotException e) {
            contents.damaged().add(new Damaged(id, true, e));
        }
    }

    private void addOld(Contents contents, String dataset, SnapshotId id) {
        try {
            twoFiles.find(id).filter(entry -> entry.dataset().equals(dataset)).ifPresent(contents.readable()::add);
            twoFiles.findRemnant(id)
                    .filter(entry -> entry.dataset().equals(dataset))
                    .ifPresent(entry -> contents.remnants().add(new Remnant(id, Optional.of(entry))));
        } catch (IOException e) {
            contents.damaged().add(new Damaged(id, false, unreadable(directory.resolve(id.toString()), e)));
        } catch (SnapshotException e) {
            Optional<String> of = twoFiles.dataset(id);
            if (of.isEmpty()) {
                contents.damaged().add(new Damaged(id, false, ofUnknownDataset(e)));
            } else if (of.get().equals(dataset)) {
                contents.damaged().add(new Damaged(id, true, e));
            }
        }
    }

    private static SnapshotException ofUnknownDataset(SnapshotException damage) {
        SnapshotException.Builder error = SnapshotException.of(
                        damage.kind(), "a file that waits to be archived is damaged, and its dataset is not known")
                .nextStep("restore it and the file of the same name beside it from a backup of the work"
                        + " directory; or save its partition again, then delete both files, as they may"
                        + " hold rows")
                .cause(damage);
        damage.where().ifPresent(error::where);
        damage.actual().ifPresent(error::actual);
        damage.expected().ifPresent(error::expected);
        return error.build();
    }

    /** Returns the names of files here. A name that is not an entry's belongs to another program's file. */
    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                names.add(file.getFileName().toString());
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return names;
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
        return names;
    }

    private static Optional<SnapshotId> id(String text) {
        try {
            return Optional.of(SnapshotId.parse(text));
        } catch (SnapshotException e) {
            return Optional.empty();
        }
    }

    private static SnapshotException unreadable(Path file, IOException cause) {
        return SnapshotException.unavailable("a file that waits to be archived cannot be read")
                .where(file.toString())
                .actual(Scratch.reason(cause))
                .expected("a file that this user may read")
                .nextStep("run this as the user who saved it, or check the disk")
                .cause(cause)
                .build();
    }

    /**
     * Returns the entry of a snapshot.
     *
     * @throws SnapshotException CORRUPT if it is damaged, UNAVAILABLE if it cannot be read
     */
    public Optional<ArchiveSubmission> find(String dataset, SnapshotId id) {
        Path file = file(dataset, id, ENTRY);
        try {
            return Files.exists(file)
                    ? Optional.of(OutboxEntry.read(file, dataset, id))
                    : twoFiles.find(id).filter(entry -> entry.dataset().equals(dataset));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /** Checks whether a file waits for a snapshot, damaged or not. */
    public boolean holds(String dataset, SnapshotId id) {
        if (Files.isRegularFile(file(dataset, id, ENTRY))) {
            return true;
        }
        try {
            return twoFiles.find(id)
                    .filter(entry -> entry.dataset().equals(dataset))
                    .isPresent();
        } catch (SnapshotException | IOException e) {
            // A file of that batch id exists, and batch ids are unique.
            return true;
        }
    }

    /**
     * Reads an entry's rows and compares them with their digest.
     *
     * @return false where the entry was delivered meanwhile
     * @throws SnapshotException CORRUPT if they differ, UNAVAILABLE if they cannot be read
     */
    public boolean requireSound(ArchiveSubmission entry) {
        try {
            OutboxEntry.requireSound(entry.file());
            return true;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw unreadable(entry.file().file(), e);
        }
    }

    /** Removes an entry, or the rest of one, and deletes its file. */
    public void remove(String dataset, SnapshotId id) {
        try {
            deleteFile(file(dataset, id, ENTRY));
            twoFiles.retire(id);
            if (Files.isDirectory(directory)) {
                forceDirectory();
            }
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
        removeRemnant(dataset, id);
    }

    /**
     * Deletes the rest of an entry that no process is writing any more. A complete entry stays.
     *
     * @return whether a remnant existed
     */
    public boolean removeRemnant(String dataset, SnapshotId id) {
        try {
            boolean unfinished = deleteFile(file(dataset, id, UNFINISHED));
            return twoFiles.removeRemnant(id) || unfinished;
        } catch (IOException e) {
            throw Scratch.unusable(directory, e);
        }
    }

    /**
     * Deletes a file. A directory with an entry's name was not made by the outbox and must not keep other files from
     * being removed.
     */
    private static boolean deleteFile(Path file) throws IOException {
        return !Files.isDirectory(file) && Files.deleteIfExists(file);
    }

    private Path file(String dataset, SnapshotId id, String kind) {
        if (!Dataset.isName(dataset)) {
            throw new IllegalArgumentException("not a dataset name: " + dataset);
        }
        return directory.resolve(id + "." + dataset + "." + kind);
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no directory; its file systems keep entries in a journal of their own.
            return;
        }
    }
}
