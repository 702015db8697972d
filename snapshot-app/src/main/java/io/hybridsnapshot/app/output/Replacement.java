package io.hybridsnapshot.app.output;

import java.nio.file.Path;

/** Decides whether an output may replace a regular file that exists. */
@FunctionalInterface
public interface Replacement {
    /** Replaces any file: the command documents it, or the user asked for it. */
    Replacement ALWAYS = existing -> true;

    /** Replaces no file. */
    Replacement NEVER = existing -> false;

    /**
     * Whether the file may be replaced.
     *
     * @param existing a regular file, symbolic links resolved
     */
    boolean allows(Path existing);
}
