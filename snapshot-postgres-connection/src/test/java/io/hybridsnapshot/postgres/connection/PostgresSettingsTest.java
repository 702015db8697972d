package io.hybridsnapshot.postgres.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresSettingsTest {
    @Test
    void secretsNeverShowInTheText() {
        PostgresSettings settings =
                new PostgresSettings("db", 5432, "kestra", "me", "hunter2", Map.of("sslpassword", "hunter3"));

        assertFalse(settings.toString().contains("hunter"), settings.toString());
        assertTrue(settings.toString().contains("db:5432/kestra, user 'me'"), settings.toString());
        assertTrue(settings.toString().contains("sslpassword"), settings.toString());
    }

    @Test
    void aMistypedPropertyIsRefusedWithTheNearestOne() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> new PostgresSettings("db", 5432, "kestra", "me", "", Map.of("sslmod", "require")));

        assertEquals(SnapshotException.Kind.INVALID_REQUEST, error.kind());
        assertTrue(error.getMessage().contains("'sslmode'"), error.getMessage());
    }

    @Test
    void aPasswordAmongThePropertiesIsRefused() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> new PostgresSettings("db", 5432, "kestra", "me", "", Map.of("password", "hunter2")));

        assertFalse(error.getMessage().contains("hunter2"), error.getMessage());
    }

    @Test
    void missingPartsAndWrongPortsAreRefused() {
        assertThrows(SnapshotException.class, () -> PostgresSettings.of(" ", 5432, "kestra", "me", ""));
        assertThrows(SnapshotException.class, () -> PostgresSettings.of("db", 5432, "", "me", ""));
        assertThrows(SnapshotException.class, () -> PostgresSettings.of("db", 5432, "kestra", "", ""));
        assertThrows(SnapshotException.class, () -> PostgresSettings.of("db", 0, "kestra", "me", ""));
        assertThrows(SnapshotException.class, () -> PostgresSettings.of("db", 65_536, "kestra", "me", ""));
    }
}
