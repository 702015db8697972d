package io.hybridsnapshot.app.encryption;

import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptionKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that holds a keyset, for its owner's eyes alone. A keyset is never overwritten by another one. Stateless. */
public final class KeyFile {
    /** Far more than hundreds of keys take. */
    private static final long MAX_BYTES = 1 << 20;

    private KeyFile() {}

    /**
     * Reads a keyset.
     *
     * @throws SnapshotException INVALID_REQUEST if the file does not exist or holds no keyset; UNAVAILABLE if it cannot
     *     be read
     */
    public static EncryptionKeys read(Path file) {
        requireThere(file);
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
                throw SnapshotException.invalidRequest("the file is too large for a keyset")
                        .where(file.toString())
                        .actual(Files.size(file) + " bytes")
                        .expected("at most " + MAX_BYTES)
                        .nextStep("check encryption.key-file")
                        .build();
            }
            // Not readString, which fails on bytes that are no text before this class can report them.
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            return ConfiguredKeys.parsed(text, file.toString());
        } catch (IOException e) {
            throw unusable("the key file cannot be read", file, e);
        }
    }

    private static void requireThere(Path file) {
        if (!Files.exists(file)) {
            throw SnapshotException.invalidRequest("there is no such key file")
                    .where(file.toString())
                    .nextStep("check the path, or make the file by 'snapshot make-key FILE'")
                    .build();
        }
    }

    /**
     * Makes a file with one fresh key, durable when this returns.
     *
     * @throws SnapshotException INVALID_REQUEST if there is a file already, UNAVAILABLE if it cannot be written
     */
    public static EncryptionKeys create(Path file) {
        EncryptionKeys keys = EncryptionKeys.generate();
        try {
            write(file, keys, StandardOpenOption.CREATE_NEW);
            forceDirectory(file);
            return keys;
        } catch (FileAlreadyExistsException e) {
            throw SnapshotException.invalidRequest("the file exists already, and archives may need its keys")
                    .where(file.toString())
                    .expected("a new file")
                    .nextStep("choose another name, or add a key to the file by --add")
                    .build();
        } catch (IOException e) {
            throw unusable("the key file cannot be written", file, e);
        }
    }

    /**
     * Adds a fresh key to a file, for all data encrypted from now on; the former keys stay. The file is replaced
     * atomically.
     *
     * @throws SnapshotException as {@link #read}; CONFLICT if another process is adding a key
     */
    public static EncryptionKeys addKey(Path file) {
        requireThere(file);
        try {
            Path real = file.toRealPath();
            // The new form has a fixed name. If two processes add a key at once, one of them fails, and no key is lost.
            Path next = real.resolveSibling("." + real.getFileName() + ".new");
            claim(file, next);
            boolean placed = false;
            try {
                EncryptionKeys keys = read(real).withNewPrimary();
                write(next, keys, StandardOpenOption.TRUNCATE_EXISTING);
                keepRights(real, next);
                Files.move(next, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                placed = true;
                forceDirectory(real);
                return keys;
            } finally {
                if (!placed) {
                    Files.deleteIfExists(next);
                }
            }
        } catch (IOException e) {
            throw unusable("the key file cannot be written", file, e);
        }
    }

    /** Every user that could read the file before can still read it, for example a user of a service. */
    private static void keepRights(Path from, Path to) throws IOException {
        PosixFileAttributeView target = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (target == null) {
            return;
        }
        PosixFileAttributes wanted = Files.readAttributes(from, PosixFileAttributes.class);
        PosixFileAttributes given = target.readAttributes();
        if (!given.group().equals(wanted.group())) {
            target.setGroup(wanted.group());
        }
        target.setPermissions(wanted.permissions());
        if (!given.owner().equals(wanted.owner())) {
            target.setOwner(wanted.owner());
        }
    }

    private static void claim(Path file, Path next) throws IOException {
        try {
            Files.createFile(next, ownerOnly(next));
        } catch (FileAlreadyExistsException e) {
            throw SnapshotException.conflict("another process is adding a key to the file")
                    .where(file.toString())
                    .actual("a file " + next)
                    .nextStep("wait for it; if no process does, delete that file and try again")
                    .build();
        }
    }

    private static void write(Path file, EncryptionKeys keys, StandardOpenOption mode) throws IOException {
        Set<StandardOpenOption> options = Set.of(mode, StandardOpenOption.WRITE);
        ByteBuffer text = ByteBuffer.wrap((keys.text() + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(file, options, ownerOnly(file))) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
    }

    private static void forceDirectory(Path file) {
        try (FileChannel entries = FileChannel.open(file.toAbsolutePath().getParent())) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no directory; its file systems keep entries in a journal of their own.
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static SnapshotException unusable(String problem, Path file, IOException cause) {
        return FullDisk.unwritable(problem, file, cause).build();
    }
}
