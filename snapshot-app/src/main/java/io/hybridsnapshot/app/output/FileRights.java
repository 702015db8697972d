package io.hybridsnapshot.app.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The permissions of new files, and those of files that replace others. Stateless. */
final class FileRights {
    private static final FileAttribute<?>[] BY_DEFAULT = {};

    private FileRights() {}

    /** The attributes of a new file that its owner alone can read and write, where the file system has such rights. */
    static FileAttribute<?>[] ofOwnerOnly(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        return Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : BY_DEFAULT;
    }

    /** The attributes of a new file that is readable by no user without read access to the existing file. */
    static FileAttribute<?>[] forReplacementOf(Path existing) throws IOException {
        Optional<PosixFileAttributes> attributes = attributes(existing);
        if (attributes.isEmpty()) {
            return BY_DEFAULT;
        }
        Set<PosixFilePermission> permissions = EnumSet.of(PosixFilePermission.OWNER_READ);
        permissions.addAll(attributes.get().permissions());
        permissions.add(PosixFilePermission.OWNER_WRITE);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    /** Copies owner, group and permissions. If the group cannot be set, the group's permissions are removed. */
    static void copy(Path from, Path to) throws IOException {
        Optional<PosixFileAttributes> wanted = attributes(from);
        if (wanted.isEmpty()) {
            return;
        }
        PosixFileAttributeView target = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        PosixFileAttributes given = target.readAttributes();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        permissions.addAll(wanted.get().permissions());
        if (!given.group().equals(wanted.get().group())
                && !isDone(() -> target.setGroup(wanted.get().group()))) {
            permissions.removeAll(PosixFilePermissions.fromString("---rwx---"));
        }
        target.setPermissions(permissions);
        if (!given.owner().equals(wanted.get().owner())) {
            // Only the superuser may give a file away; for another user the file is theirs from now on.
            isDone(() -> target.setOwner(wanted.get().owner()));
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private static boolean isDone(Change change) {
        try {
            change.make();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<PosixFileAttributes> attributes(Path file) throws IOException {
        return Files.getFileStore(file).supportsFileAttributeView(PosixFileAttributeView.class)
                ? Optional.of(Files.readAttributes(file, PosixFileAttributes.class))
                : Optional.empty();
    }
}
