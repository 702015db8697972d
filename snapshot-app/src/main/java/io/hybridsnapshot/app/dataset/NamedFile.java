package io.hybridsnapshot.app.dataset;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file, and the words by which messages name it: its path, or what it is a copy of.
 *
 * @param path the file
 * @param name the words
 */
public record NamedFile(Path path, String name) {
    public NamedFile {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(name, "name");
    }

    /** A file that messages name by its path. */
    public static NamedFile of(Path path) {
        return new NamedFile(path, path.toString());
    }

    /** The place of an error. */
    String place() {
        return name.equals(path.toString()) ? "file " + name : name;
    }
}
