package io.hybridsnapshot.embedded;

import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** Turns messages of the file system and the server's programs into errors that name the cause and the next step. */
final class Failures {
    private static final long WAL_SEGMENT = 16 * ServerDisk.MEBIBYTE;

    private Failures() {}

    static SnapshotException of(String problem, Path where, IOException cause) {
        String text = String.valueOf(cause.getMessage());
        if (FullDisk.isCauseOf(cause, where)) {
            return diskFull(problem, where, ", " + CauseText.of(cause));
        }
        if (cause instanceof AccessDeniedException || text.contains("Read-only file system")) {
            return noPermission(problem, where, cause);
        }
        return SnapshotException.unavailable(problem)
                .where(where.toString())
                .actual(cause)
                .nextStep("check the directory, or set another one for the embedded PostgreSQL")
                .cause(cause)
                .build();
    }

    /** The error for a failed program of the server; {@code said} holds its output and the server's log. */
    static SnapshotException of(String problem, ServerDirectory directory, String said) {
        String found = said.isBlank() ? "no message" : said;
        // A full disk takes the messages too.
        if (FullDisk.isIn(said) || FullDisk.usableBytes(directory.root()) < WAL_SEGMENT) {
            return diskFull(problem, directory.root(), ", " + found);
        }
        return SnapshotException.unavailable(problem)
                .where(directory.root().toString())
                .actual(found)
                .nextStep("see " + directory.log())
                .build();
    }

    static SnapshotException noPermission(String problem, Path where, IOException cause) {
        return SnapshotException.invalidRequest(problem)
                .where(where.toString())
                .actual("no permission for the user " + System.getProperty("user.name") + ": " + CauseText.of(cause))
                .expected("a directory that this user can make and write")
                .nextStep("change its permissions, or set another directory for the embedded PostgreSQL")
                .cause(cause)
                .build();
    }

    /** The error for a server whose directory only another user may enter. */
    static SnapshotException notReadable(Path where, IOException cause) {
        return SnapshotException.invalidRequest("the embedded PostgreSQL cannot be examined")
                .where(where.toString())
                .actual("no permission for the user " + System.getProperty("user.name") + ": " + CauseText.of(cause))
                .expected("the user to whom the directory belongs")
                .nextStep("run as that user, or set the directory of this user's own embedded PostgreSQL")
                .cause(cause)
                .build();
    }

    /** {@code more} follows the amount of free room. */
    static SnapshotException diskFull(String problem, Path where, String more) {
        ServerDisk disk = new ServerDisk(new ServerDirectory(where));
        return SnapshotException.unavailable(problem + ": the disk is full")
                .where(where.toString())
                .actual(disk.room() + more)
                .expected("room for the server's files and the data")
                .nextStep("{0}; or set a directory on another disk for the embedded PostgreSQL", disk.remedy())
                .build();
    }
}
