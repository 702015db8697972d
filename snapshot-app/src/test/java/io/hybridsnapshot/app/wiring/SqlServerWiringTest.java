package io.hybridsnapshot.app.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.Configuration;
import io.hybridsnapshot.app.config.ConfigurationLoader;
import io.hybridsnapshot.app.config.ConfigurationRequest;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.Secret;
import io.hybridsnapshot.app.config.ServerSection;
import io.hybridsnapshot.app.config.ServerType;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Configuration alone puts the window on SQL Server and the archive on PostgreSQL. Each is found at its configured
 * place.
 */
class SqlServerWiringTest {
    @TempDir
    Path directory;

    private int sqlServerPort;
    private int postgresPort;

    @BeforeEach
    void findPortsWhereNobodyListens() throws IOException {
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket other = new ServerSocket(0)) {
            sqlServerPort = one.getLocalPort();
            postgresPort = other.getLocalPort();
        }
    }

    private Application application() {
        Configuration configuration = ConfigurationLoader.load(new ConfigurationRequest(
                Optional.empty(),
                Optional.empty(),
                directory,
                Optional.of(directory),
                Map.of(
                        "SNAPSHOT_SQLSERVER_HOST", "127.0.0.1",
                        "SNAPSHOT_SQLSERVER_PORT", Integer.toString(sqlServerPort),
                        "SNAPSHOT_SQLSERVER_USER", "etl",
                        "SNAPSHOT_SQLSERVER_PASSWORD", "hunter2",
                        "KESTRA_POSTGRES_HOST", "127.0.0.1",
                        "KESTRA_POSTGRES_PORT", Integer.toString(postgresPort),
                        "KESTRA_POSTGRES_USER", "kestra")));
        return Application.open(configuration, Clock.systemUTC());
    }

    private static RowSource rows(Application application, Optional<ServerSection> server) {
        SourceSection query = new SourceSection.Query("SELECT 1 AS ID", server);
        return application.part(RowSources.class).of("ORDERS", DatasetSection.of(query, List.of("ID")));
    }

    private static String unavailable(Executable call) {
        SnapshotException thrown = assertThrows(SnapshotException.class, call);
        assertEquals(SnapshotException.Kind.UNAVAILABLE, thrown.kind(), thrown.getMessage());
        assertFalse(thrown.getMessage().contains("hunter2"), thrown.getMessage());
        return thrown.getMessage();
    }

    @Test
    void theWindowIsLookedForOnSqlServerAndTheArchiveOnPostgres() {
        try (Application application = application()) {
            String window = unavailable(() -> application
                    .part(SnapshotEnvironment.class)
                    .window()
                    .snapshots(Dataset.of("ORDERS", List.of("ID")), Optional.empty()));
            assertTrue(window.contains("SQL Server cannot be reached"), window);
            assertTrue(window.contains("127.0.0.1:" + sqlServerPort + "/ORDERS, user 'etl'"), window);
            String archive = unavailable(
                    () -> application.part(SnapshotEnvironment.class).archive().find(new ArchiveId(1)));
            assertTrue(archive.contains("127.0.0.1:" + postgresPort + "/kestra"), archive);
        }
        assertFalse(Files.exists(directory.resolve(".hybrid-snapshots/postgresql")), "no server was started");
    }

    @Test
    void aQueryWithoutServerRunsWhereTheWindowIs() {
        try (Application application = application()) {
            String there = unavailable(() -> rows(application, Optional.empty()).open(ReadOptions.ALL));
            assertTrue(there.contains("127.0.0.1:" + sqlServerPort + "/ORDERS"), there);
        }
    }

    @Test
    void aQueryWithAServerRunsThere() {
        try (Application application = application()) {
            for (ServerType type : ServerType.values()) {
                ServerSection server =
                        new ServerSection(type, "127.0.0.1", postgresPort, "erp", "me", Secret.NONE, Map.of());
                RowSource source = rows(application, Optional.of(server));
                assertEquals("the query of dataset 'ORDERS'", source.description());
                String there = unavailable(() -> source.open(ReadOptions.ALL));
                assertTrue(there.contains(type.product()), there);
                assertTrue(there.contains("127.0.0.1:" + postgresPort + "/erp"), there);
            }
        }
    }
}
