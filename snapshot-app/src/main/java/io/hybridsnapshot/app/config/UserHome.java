package io.hybridsnapshot.app.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds the user's home directory. Stateless. */
public final class UserHome {
    private static final String VARIABLE = "HOME";

    private UserHome() {}

    /** The home directory of the user that runs this process; empty if none is known. */
    public static Optional<Path> find() {
        return find(System.getenv(), System.getProperty("user.home", ""));
    }

    /**
     * The directory that {@code HOME} names, or else the one that the system knows for the user. A relative path does
     * not count, because its meaning depends on the current directory. The same holds for the {@code ?} that Java
     * returns for a user without an entry in the system's list.
     *
     * @param environment the environment variables
     * @param known Java's property {@code user.home}; used only if it is a directory
     * @return an absolute path, or empty
     */
    public static Optional<Path> find(Map<String, String> environment, String known) {
        return absolute(environment.getOrDefault(VARIABLE, ""))
                .or(() -> absolute(known).filter(Files::isDirectory));
    }

    private static Optional<Path> absolute(String text) {
        if (text.isBlank() || DecodedText.isLost(text)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
