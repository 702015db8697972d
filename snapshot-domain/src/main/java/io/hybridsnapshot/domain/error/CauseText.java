package io.hybridsnapshot.domain.error;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Describes a technical cause in words, without the names of Java classes. Stateless. */
public final class CauseText {
    private CauseText() {}

    /** Returns one line for a message: the problem, and the file or host if the cause names it. */
    public static String of(Throwable cause) {
        if (cause instanceof FileSystemException file) {
            String reason = reason(file);
            return file.getFile() == null ? reason : reason + ": " + file.getFile();
        }
        String message = cause.getMessage() == null ? "" : cause.getMessage().strip();
        if (cause instanceof UnknownHostException) {
            return "unknown host" + (message.isEmpty() ? "" : " " + message);
        }
        if (!message.isEmpty()) {
            return message.lines().findFirst().orElse(message);
        }
        if (cause instanceof EOFException) {
            return "the end of the data where more was expected";
        }
        if (cause instanceof CharacterCodingException) {
            return "bytes that are not UTF-8";
        }
        if (cause instanceof ClosedChannelException) {
            return "a file or connection that was closed meanwhile";
        }
        if (cause instanceof SocketTimeoutException || cause instanceof ConnectException) {
            return "no answer";
        }
        if (cause instanceof FileNotFoundException) {
            return "no such file";
        }
        return cause.getCause() == null || cause.getCause() == cause ? "no reason given" : of(cause.getCause());
    }

    private static String reason(FileSystemException cause) {
        if (cause instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (cause instanceof AccessDeniedException) {
            return "no permission";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "a file that exists already";
        }
        if (cause instanceof DirectoryNotEmptyException) {
            return "a directory that is not empty";
        }
        if (cause instanceof NotDirectoryException) {
            return "a file that is no directory";
        }
        if (cause instanceof FileSystemLoopException) {
            return "links that lead to themselves";
        }
        return cause.getReason() == null ? "a failure of the file system" : cause.getReason();
    }
}
