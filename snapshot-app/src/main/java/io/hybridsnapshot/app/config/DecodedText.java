package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.nio.file.InvalidPathException;

/**
 * Refuses text that Java could not decode. Java decodes arguments, variables and paths by the process's locale. In the
 * POSIX locale, which cron and many containers have, each byte outside ASCII becomes the replacement character U+FFFD.
 * Different texts then become equal. Stateless.
 */
public final class DecodedText {
    /** Stands in a text for bytes that are no characters of the encoding. */
    public static final char REPLACEMENT = '\uFFFD';

    private static final String NEXT_STEP =
            "set LC_ALL=C.UTF-8, or another UTF-8 locale that 'locale -a' lists, and run it again";

    private DecodedText() {}

    /** Whether characters were lost. */
    public static boolean isLost(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }

    /**
     * Refuses a text that has lost characters.
     *
     * @param what the text's name for messages: {@code an argument}
     * @param where the place of the text
     * @throws SnapshotException INVALID_REQUEST if the text has a replacement character
     */
    public static void require(String what, String where, String text) {
        if (isLost(text)) {
            throw SnapshotException.invalidRequest(what + " has characters that were lost")
                    .where(where)
                    .actual("'" + text + "' in the encoding " + encoding())
                    .expected(expected())
                    .nextStep(NEXT_STEP)
                    .build();
        }
    }

    /** The rest of a message about a text that is not shown, as it may be a secret. */
    static String lost() {
        return "characters were lost in the encoding " + encoding() + ", expected " + expected() + "; " + NEXT_STEP;
    }

    /** The expectation for a path that cannot be used, with the next step. */
    static String expectedPath(InvalidPathException cause) {
        return isEncodable(cause)
                ? "expected a path"
                : "expected a path in the encoding " + encoding() + "; " + NEXT_STEP;
    }

    /** The error for a path that the system's encoding cannot express, or that no file can have. */
    public static SnapshotException refused(InvalidPathException cause) {
        SnapshotException.Builder error = SnapshotException.invalidRequest("a path cannot be used")
                .actual("'" + cause.getInput() + "'")
                .cause(cause);
        return isEncodable(cause)
                ? error.expected("a path that a file can have").build()
                : error.expected("a path in the encoding " + encoding())
                        .nextStep(NEXT_STEP)
                        .build();
    }

    private static boolean isEncodable(InvalidPathException cause) {
        return isUtf8() || cause.getInput().chars().allMatch(character -> character < 0x80);
    }

    private static String expected() {
        return "valid text in " + (isUtf8() ? "UTF-8" : "a UTF-8 locale");
    }

    private static boolean isUtf8() {
        return encoding().equalsIgnoreCase("UTF-8");
    }

    /** The encoding of arguments, variables and paths. */
    private static String encoding() {
        return System.getProperty("sun.jnu.encoding", "unknown");
    }
}
