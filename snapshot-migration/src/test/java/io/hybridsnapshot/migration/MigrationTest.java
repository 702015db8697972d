package io.hybridsnapshot.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSchema;
import io.hybridsnapshot.postgres.archive.PostgresArchiveSettings;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.window.PostgresWindowSchema;
import io.hybridsnapshot.postgres.window.PostgresWindowSettings;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationTest {
    @TempDir
    static Path directory;

    private static EmbeddedPostgresServer server;

    @BeforeAll
    static void startServer() {
        server = EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(directory.resolve("postgresql")));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private static PostgresSettings database(String name) {
        server.ensureDatabase(name);
        return PostgresSettings.of(server.host(), server.port(), name, server.user(), server.password());
    }

    private static String ask(PostgresSettings settings, String query) throws SQLException {
        try (PostgresSession session = PostgresSession.open(settings, "test");
                Statement statement = session.connection().createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertTrue(rows.next());
            return rows.getString(1);
        }
    }

    private static void tell(PostgresSettings settings, String command) throws SQLException {
        try (PostgresSession session = PostgresSession.open(settings, "test");
                Statement statement = session.connection().createStatement()) {
            statement.execute(command);
        }
    }

    @Test
    void manyAtOnceMigrateOnce() throws SQLException {
        PostgresSettings settings = database("at_once");
        List<CompletableFuture<Void>> runs = Stream.of(
                        SchemaPart.ARCHIVE, SchemaPart.WINDOW, SchemaPart.ARCHIVE, SchemaPart.WINDOW)
                .map(part -> CompletableFuture.runAsync(() -> Migration.run(settings, part)))
                .toList();
        runs.forEach(CompletableFuture::join);
        assertEquals("2", ask(settings, "select count(*) from snapshot_changelog"));
        assertEquals("2", ask(settings, "select count(*) from snapshot_schema"));
        assertEquals("0", ask(settings, "select count(*) from snapshot_archive"));
        assertEquals("0", ask(settings, "select count(*) from snapshot_ledger"));
    }

    @Test
    void aCurrentSchemaIsLeftAloneAndAnOldOneIsNot() throws SQLException {
        PostgresSettings settings = database("again");
        Migration.run(settings, SchemaPart.WINDOW);
        tell(settings, "drop table snapshot_writer");
        Migration.run(settings, SchemaPart.WINDOW);
        assertEquals(null, ask(settings, "select to_regclass('snapshot_writer')"));
        tell(settings, "update snapshot_schema set checksum = 'old'; update snapshot_changelog set md5sum = '9:0'");
        Migration.run(settings, SchemaPart.WINDOW);
        assertEquals("snapshot_writer", ask(settings, "select to_regclass('snapshot_writer')"));
    }

    @Test
    void aLockThatAKilledProcessLeftStopsNobody() throws SQLException {
        PostgresSettings settings = database("locked");
        Migration.run(settings, SchemaPart.WINDOW);
        tell(
                settings,
                "insert into snapshot_changelog_lock (id, locked, lockgranted, lockedby) values (1, true,"
                        + " now(), 'gone') on conflict (id) do update set locked = true, lockgranted = now(),"
                        + " lockedby = 'gone'; update snapshot_schema set checksum = 'old'");
        Migration.run(settings, SchemaPart.WINDOW);
        assertEquals(SchemaPart.WINDOW.checksum(), ask(settings, "select checksum from snapshot_schema"));
    }

    @Test
    void aUserWithoutRightsIsToldSo() throws SQLException {
        PostgresSettings settings = database("rights");
        tell(settings, "create role reader login password 'reader'");
        PostgresSettings reader = PostgresSettings.of(settings.host(), settings.port(), "rights", "reader", "reader");
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> Migration.run(reader, SchemaPart.ARCHIVE));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind(), refused.getMessage());
        assertTrue(refused.isStoreOut());
        assertTrue(refused.getMessage().contains("permission denied"), refused.getMessage());
    }

    @Test
    void tablesThatAnAdministratorMadeAreTakenAsTheyAre() throws SQLException {
        PostgresSettings settings = database("administered");
        Migration.run(settings, SchemaPart.ARCHIVE);
        tell(settings, "drop table snapshot_schema; create role clerk login password 'clerk'");
        PostgresSettings clerk =
                PostgresSettings.of(settings.host(), settings.port(), "administered", "clerk", "clerk");
        Migration.run(clerk, SchemaPart.ARCHIVE);
        assertThrows(SnapshotException.class, () -> Migration.run(clerk, SchemaPart.WINDOW));
    }

    @Test
    void tablesThatTheAdaptersMadeAreTakenOverWithTheirRows() throws SQLException {
        PostgresSettings settings = database("created");
        PostgresArchiveSchema.create(PostgresArchiveSettings.of(settings));
        PostgresWindowSchema.create(PostgresWindowSettings.of(settings));
        tell(settings, "insert into snapshot_writer values ('D', 'ALL', 5, 'me', now())");
        Migration.run(settings, SchemaPart.ARCHIVE);
        Migration.run(settings, SchemaPart.WINDOW);
        assertEquals("5", ask(settings, "select fence from snapshot_writer"));
        assertEquals("2", ask(settings, "select count(*) from snapshot_changelog"));
        assertEquals(
                SchemaPart.WINDOW.checksum(),
                ask(settings, "select checksum from snapshot_schema where part = 'window'"));
        // And the other way round.
        PostgresArchiveSchema.create(PostgresArchiveSettings.of(settings));
        PostgresWindowSchema.create(PostgresWindowSettings.of(settings));
        Migration.run(settings, SchemaPart.ARCHIVE);
        assertEquals("5", ask(settings, "select fence from snapshot_writer"));
        assertEquals("2", ask(settings, "select count(*) from snapshot_changelog"));
    }
}
