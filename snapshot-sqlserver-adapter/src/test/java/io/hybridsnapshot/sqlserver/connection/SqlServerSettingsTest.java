package io.hybridsnapshot.sqlserver.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.sqlserver.TransactSql;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class SqlServerSettingsTest {
    @Test
    void theIsolationOfADatabaseIsLookedUpByItsName() {
        TransactSql.assertValid(SqlServerSession.ISOLATION);
        assertTrue(
                SqlServerSession.ISOLATION.contains("FROM sys.databases AS d WHERE d.name = DB_NAME()"),
                SqlServerSession.ISOLATION);
    }

    @Test
    void aConnectionIsEncryptedNamedAndNeverResumedBehindOurBack() {
        Properties properties = SqlServerSession.properties(settings(Map.of()), "window");
        assertEquals("true", properties.getProperty("encrypt"));
        assertEquals("hybrid-snapshots window", properties.getProperty("applicationName"));
        assertEquals("0", properties.getProperty("connectRetryCount"));
        assertEquals("adaptive", properties.getProperty("responseBuffering"));
        assertEquals("false", properties.getProperty("sendTimeAsDatetime"));
        assertEquals("1433", properties.getProperty("portNumber"));
        assertEquals("loader", properties.getProperty("user"));
        assertFalse(properties.containsKey("trustServerCertificate"), "nobody is trusted unasked");
    }

    @Test
    void theUsersPropertiesOverrideOurs() {
        Properties properties =
                SqlServerSession.properties(settings(Map.of("encrypt", "strict", "loginTimeout", "5")), "window");
        assertEquals("strict", properties.getProperty("encrypt"));
        assertEquals("5", properties.getProperty("loginTimeout"));
    }

    @Test
    void anInstanceIsFoundByItsNameAndNotByThePort() {
        Properties properties = SqlServerSession.properties(settings(Map.of("instanceName", "SALES")), "window");
        assertEquals("SALES", properties.getProperty("instanceName"));
        assertFalse(properties.containsKey("portNumber"));
    }

    @Test
    void loginsWithoutUserPassThroughToTheDriver() {
        for (Map<String, String> login : List.of(
                Map.of("integratedSecurity", "true", "authenticationScheme", "JavaKerberos"),
                Map.of("authentication", "ActiveDirectoryManagedIdentity"),
                Map.of("accessToken", "a-token"))) {
            SqlServerSettings settings = new SqlServerSettings("h", 1433, "d", "", "", login);
            Properties properties = SqlServerSession.properties(settings, "source");
            login.forEach((name, value) -> assertEquals(value, properties.getProperty(name)));
            assertFalse(properties.containsKey("user"));
            assertFalse(properties.containsKey("password"));
            assertEquals("h:1433/d", settings.address());
        }
    }

    @Test
    void noSecretIsPrinted() {
        String text = settings(Map.of("trustStorePassword", "s3cret-store")).toString();
        assertFalse(text.contains("s3cret"), text);
        assertTrue(text.contains("trustStorePassword"), text);
        assertTrue(text.contains("db.example:1433/ORDERS, user 'loader'"), text);
    }

    @Test
    void anUnknownPropertyNamesTheNearestOne() {
        SnapshotException error = refused(() -> settings(Map.of("trustServerCertificat", "true")));
        assertTrue(error.getMessage().contains("did you mean 'trustServerCertificate'"), error.getMessage());
    }

    @Test
    void whatHasASettingOfItsOwnIsNoProperty() {
        for (String name : List.of("user", "userName", "password", "databaseName", "serverName", "portNumber")) {
            SnapshotException error = refused(() -> settings(Map.of(name, "s3cret-x")));
            assertTrue(error.getMessage().contains("'" + name + "'"), error.getMessage());
            assertFalse(error.getMessage().contains("s3cret-x"), error.getMessage());
        }
    }

    @Test
    void hostDatabaseAndPortHaveToBeThere() {
        refused(() -> SqlServerSettings.of(" ", 1433, "d", "u", "p"));
        refused(() -> SqlServerSettings.of("h", 1433, "", "u", "p"));
        refused(() -> SqlServerSettings.of("h", 0, "d", "u", "p"));
        refused(() -> SqlServerSettings.of("h", 65_536, "d", "u", "p"));
        assertEquals(65_535, SqlServerSettings.of("h", 65_535, "d", "u", "p").port());
    }

    @Test
    void aServerThatIsNotThereCannotBeReached() {
        SqlServerSettings nowhere =
                new SqlServerSettings("127.0.0.1", 1, "ORDERS", "loader", "s3cret", Map.of("loginTimeout", "2"));
        SnapshotException error = assertThrows(SnapshotException.class, () -> SqlServerSession.open(nowhere, "test"));
        assertEquals(Kind.UNAVAILABLE, error.kind());
        assertTrue(error.getMessage().contains("127.0.0.1:1/ORDERS"), error.getMessage());
        assertTrue(error.nextStep().orElseThrow().contains("host and port"), error.getMessage());
    }

    /** It fails again however often the command is run, so it is not called unavailable. */
    @Test
    void aValueThatTheDriverDoesNotTakeIsAWrongRequest() {
        for (Map.Entry<String, String> property : Map.of(
                        "encrypt", "maybe", "packetSize", "large", "socketTimeout", "9s", "selectMethod", "fast")
                .entrySet()) {
            SqlServerSettings settings = new SqlServerSettings(
                    "127.0.0.1", 1, "ORDERS", "loader", "s3cret", Map.of(property.getKey(), property.getValue()));
            SnapshotException error = refused(() -> SqlServerSession.open(settings, "test"));
            assertTrue(error.getMessage().contains(property.getValue()), error.getMessage());
            assertTrue(error.getMessage().contains("correct the property"), error.getMessage());
        }
    }

    @Test
    void packetsThatNoEncryptedConnectionTakesAreRefused() {
        for (Map<String, String> properties : List.of(
                Map.of("packetSize", "32767"),
                Map.of("packetSize", "16384"),
                Map.of("packetSize", "0", "encrypt", "strict"),
                Map.of("packetSize", "20000", "encrypt", "Mandatory"))) {
            SnapshotException error = refused(() -> settings(properties));
            assertTrue(error.getMessage().contains("packetSize=" + properties.get("packetSize")), error.getMessage());
            assertTrue(error.getMessage().contains("16383"), error.getMessage());
        }
        for (Map<String, String> properties : List.of(
                Map.of("packetSize", "16383"),
                Map.of("packetSize", "-1"),
                Map.of("packetSize", "8000", "encrypt", "strict"),
                Map.of("packetSize", "32767", "encrypt", "false"),
                Map.of("packetSize", "0", "encrypt", "Optional"))) {
            assertEquals(
                    properties.get("packetSize"),
                    SqlServerSession.properties(settings(properties), "source").getProperty("packetSize"));
        }
    }

    private static SqlServerSettings settings(Map<String, String> properties) {
        return new SqlServerSettings("db.example", 1433, "ORDERS", "loader", "s3cret-word", properties);
    }

    private static SnapshotException refused(org.junit.jupiter.api.function.Executable settings) {
        SnapshotException error = assertThrows(SnapshotException.class, settings);
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        return error;
    }

    @Test
    void aHostThatHoldsAnInstanceOrAPortIsRefused() {
        for (String host : java.util.List.of("db01\\REPORTING", "db01,1434", "db01;encrypt=false")) {
            SnapshotException error = assertThrows(
                    SnapshotException.class, () -> SqlServerSettings.of(host, 1433, "ORDERS", "etl", "secret"));
            assertTrue(error.getMessage().contains("instanceName"), error.getMessage());
        }
    }
}
