package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.mssqlserver.MSSQLServerContainer;

/**
 * A SQL Server in a separate container, which closing removes. Running these tests with a Docker engine accepts
 * Microsoft's licence of that image. {@code SNAPSHOT_SQLSERVER_IMAGE} names another image than that of SQL Server 2022.
 */
final class ServerInDocker implements AutoCloseable {
    private final MSSQLServerContainer container;

    private ServerInDocker(MSSQLServerContainer container) {
        this.container = container;
    }

    /** A server, if a Docker engine answers. */
    static Optional<ServerInDocker> start() {
        // The library searches for an engine for seconds and logs each failure, so it is called only if there may be
        // one.
        if (!mayBeThere() || !DockerClientFactory.instance().isDockerAvailable()) {
            return Optional.empty();
        }
        String image = Objects.requireNonNullElse(
                System.getenv("SNAPSHOT_SQLSERVER_IMAGE"), MSSQLServerContainer.IMAGE + ":2022-latest");
        MSSQLServerContainer container = new MSSQLServerContainer(image).acceptLicense();
        container.start();
        return Optional.of(new ServerInDocker(container));
    }

    private static boolean mayBeThere() {
        String home = System.getProperty("user.home");
        Stream<String> sockets = Stream.of(
                "/var/run/docker.sock",
                Objects.requireNonNullElse(System.getenv("XDG_RUNTIME_DIR"), home) + "/docker.sock",
                home + "/.docker/run/docker.sock",
                home + "/.docker/desktop/docker.sock",
                home + "/.testcontainers.properties");
        return System.getenv("DOCKER_HOST") != null
                || System.getProperty("os.name").startsWith("Windows")
                || sockets.anyMatch(socket -> Files.exists(Path.of(socket)));
    }

    /** How its administrator connects. */
    SqlServerSettings settings() {
        return new SqlServerSettings(
                container.getHost(),
                container.getMappedPort(MSSQLServerContainer.MS_SQL_SERVER_PORT),
                "master",
                container.getUsername(),
                container.getPassword(),
                Map.of("trustServerCertificate", "true"));
    }

    @Override
    public void close() {
        container.close();
    }
}
