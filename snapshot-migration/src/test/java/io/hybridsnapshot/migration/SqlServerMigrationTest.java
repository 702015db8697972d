package io.hybridsnapshot.migration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.TestSqlServer;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The migration on a server; the database is empty when the class begins. */
@Tag(TestSqlServer.TAG)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SqlServerMigrationTest {
    @RegisterExtension
    static final TestSqlServer SERVER = new TestSqlServer(TestSqlServer.Reading.LOCKS);

    private static final String PASSWORD = "Aa1!" + UUID.randomUUID();

    private final String login = "snapshot_test_" + UUID.randomUUID().toString().substring(0, 8);
    private boolean loginMade;

    /** A separate login with a user in the database that belongs to no role. */
    private SqlServerSettings clerk() {
        SERVER.execute("CREATE LOGIN [" + login + "] WITH PASSWORD = N'" + PASSWORD + "'");
        loginMade = true;
        SERVER.execute("CREATE USER [" + login + "] FOR LOGIN [" + login + "]");
        return SERVER.database(login, PASSWORD);
    }

    @AfterEach
    void dropLogin() {
        if (loginMade) {
            SERVER.execute("DROP USER [" + login + "]");
            SERVER.execute("DROP LOGIN [" + login + "]");
        }
    }

    @Test
    @Order(1)
    void aUserWithoutRightsIsToldSo() {
        SqlServerSettings clerk = clerk();
        SnapshotException refused = assertThrows(SnapshotException.class, () -> SqlServerMigration.run(clerk));
        assertEquals(SnapshotException.Kind.UNAVAILABLE, refused.kind(), refused.getMessage());
        assertTrue(refused.getMessage().toLowerCase(Locale.ROOT).contains("permission"), refused.getMessage());
    }

    /** Liquibase reads the catalogue through procedures of the server that Babelfish has in part. */
    private static void assumeLiquibase() {
        Assumptions.assumeTrue(SERVER.isSqlServer(), "Liquibase cannot read the catalogue of Babelfish");
    }

    @Test
    @Order(2)
    void manyAtOnceMigrateOnce() {
        assumeLiquibase();
        List<CompletableFuture<Void>> runs = Stream.of(1, 2, 3)
                .map(run -> CompletableFuture.runAsync(() -> SqlServerMigration.run(SERVER.database())))
                .toList();
        runs.forEach(CompletableFuture::join);
        assertEquals(
                List.of(Integer.toString(SchemaPart.SQL_SERVER_WINDOW.scripts().size())),
                SERVER.rows("SELECT COUNT(*) FROM dbo.snapshot_changelog"));
        assertEquals(
                List.of("window|" + SchemaPart.SQL_SERVER_WINDOW.checksum()),
                SERVER.rows("SELECT part, checksum FROM dbo.SNAPSHOT_SCHEMA"));
        assertEquals(List.of("0"), SERVER.rows("SELECT COUNT(*) FROM dbo.SNAPSHOT_LEDGER"));
        assertEquals(List.of(), SERVER.rows("EXEC dbo.sp_snapshot_statistics"));
    }

    @Test
    @Order(3)
    void aCurrentSchemaIsLeftAloneAndAnOldOneIsNot() {
        assumeLiquibase();
        SERVER.execute("DROP PROCEDURE dbo.sp_snapshot_statistics");
        SqlServerMigration.run(SERVER.database());
        assertEquals(List.of("null"), SERVER.rows("SELECT OBJECT_ID(N'dbo.sp_snapshot_statistics')"));
        SERVER.execute(
                "UPDATE dbo.SNAPSHOT_SCHEMA SET checksum = 'old'; UPDATE dbo.snapshot_changelog SET MD5SUM = '9:0'");
        SqlServerMigration.run(SERVER.database());
        assertEquals(List.of(), SERVER.rows("EXEC dbo.sp_snapshot_statistics"));
    }

    @Test
    @Order(4)
    void aMemberOfTheRolesNeedsNoRightToCreate() {
        assumeLiquibase();
        SERVER.executeScript("security/sqlserver_roles.sql");
        SqlServerSettings clerk = clerk();
        SERVER.execute("ALTER ROLE [snapshot_writer] ADD MEMBER [" + login + "]");
        SqlServerMigration.run(clerk);
        SERVER.execute("DROP TABLE dbo.SNAPSHOT_SCHEMA");
        SqlServerMigration.run(clerk);
        assertEquals(List.of("null"), SERVER.rows("SELECT OBJECT_ID(N'dbo.SNAPSHOT_SCHEMA')"));
    }
}
