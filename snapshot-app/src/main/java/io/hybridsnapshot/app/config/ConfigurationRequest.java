package io.hybridsnapshot.app.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The places to read a configuration from. Immutable.
 *
 * @param file the file named on the command line
 * @param home the home named on the command line
 * @param directory the current directory, the place of {@code snapshot.yaml}
 * @param userHome the user's home directory, if one is known; see {@link UserHome}
 * @param environment the environment variables; empty ones count as not set
 */
public record ConfigurationRequest(
        Optional<Path> file,
        Optional<Path> home,
        Path directory,
        Optional<Path> userHome,
        Map<String, String> environment) {
    public ConfigurationRequest {
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(home, "home");
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(userHome, "userHome");
        environment = Map.copyOf(environment);
    }
}
