package io.hybridsnapshot.sqlserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SqlServerUrlTest {
    @Test
    void aUrlNamesServerDatabaseAndProperties() {
        assertEquals(
                new SqlServerSettings(
                        "db.example.org",
                        14330,
                        "tests",
                        "me",
                        "pw",
                        Map.of("encrypt", "strict", "trustServerCertificate", "true")),
                SqlServerUrl.parse(
                        "jdbc:sqlserver://db.example.org:14330;encrypt=strict;databaseName=tests;"
                                + "trustServerCertificate=true;",
                        "me",
                        "pw"));
        assertEquals(
                SqlServerSettings.of("localhost", 1433, "master", "sa", ""),
                SqlServerUrl.parse("jdbc:sqlserver://localhost", "sa", ""));
        assertEquals(
                new SqlServerSettings("localhost", 1433, "master", "", "", Map.of("instanceName", "SQLEXPRESS")),
                SqlServerUrl.parse("jdbc:sqlserver://localhost\\SQLEXPRESS", "", ""));
    }

    @Test
    void whatTheUrlSaysOfTheUserWins() {
        assertEquals(
                SqlServerSettings.of("localhost", 1433, "master", "you", "a;b}c=d"),
                SqlServerUrl.parse("jdbc:sqlserver://localhost:1433;user=you;password={a;b}}c=d}", "me", "pw"));
    }

    @Test
    void whatIsNoUrlIsTold() {
        assertThrows(IllegalArgumentException.class, () -> SqlServerUrl.parse("jdbc:postgresql://localhost", "", ""));
        assertThrows(
                IllegalArgumentException.class, () -> SqlServerUrl.parse("jdbc:sqlserver://localhost;encrypt", "", ""));
        assertThrows(
                SnapshotException.class, () -> SqlServerUrl.parse("jdbc:sqlserver://localhost;encript=true", "", ""));
    }

    @Test
    void theEnvironmentNamesAServerOrNone() {
        assertEquals(Optional.empty(), TestSqlServer.named(Map.of()));
        assertEquals(Optional.empty(), TestSqlServer.named(Map.of("SNAPSHOT_SQLSERVER_URL", " ")));
        assertEquals(
                Optional.of(SqlServerSettings.of("db", 1433, "master", "sa", "pw")),
                TestSqlServer.named(Map.of(
                        "SNAPSHOT_SQLSERVER_URL",
                        "jdbc:sqlserver://db",
                        "SNAPSHOT_SQLSERVER_USER",
                        "sa",
                        "SNAPSHOT_SQLSERVER_PASSWORD",
                        "pw")));
    }
}
