package io.hybridsnapshot.jdbc.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

class DriverConnectionsTest {
    private final TestConnection connection = new TestConnection();

    private static DriverConnections of(Class<?> type) {
        return new DriverConnections(type, "Server", "Maker's driver", "com.example.driver");
    }

    private static SnapshotException failed(SQLException failure) {
        return new ServerFault("Server", "here", failure.getMessage(), failure).notConnected();
    }

    @Test
    void aSessionGetsTheConnectionAndKeepsIt() {
        Connection given =
                of(Connection.class).borrow(connection.source(), borrowed -> borrowed, DriverConnectionsTest::failed);
        assertEquals(List.of(), connection.calls());
        assertTrue(Connection.class.isInstance(given));
    }

    @Test
    void aConnectionOfAnotherDriverIsRefusedAndGoesBack() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> of(Statement.class)
                        .borrow(connection.source(), borrowed -> borrowed, DriverConnectionsTest::failed));
        assertEquals(Kind.INVALID_REQUEST, error.kind());
        for (String part : List.of(
                "the data source's connections are not those of Server",
                "the program's data source",
                "Other Driver",
                "a connection of Maker's driver",
                "com.example.driver")) {
            assertTrue(error.getMessage().contains(part), error.getMessage());
        }
        assertEquals(List.of("close"), connection.calls());
    }

    @Test
    void aConnectionThatNoSessionIsMadeOfGoesBack() {
        SnapshotException error = assertThrows(
                SnapshotException.class,
                () -> of(Connection.class)
                        .borrow(
                                connection.source(),
                                borrowed -> {
                                    throw new SQLException("too old");
                                },
                                DriverConnectionsTest::failed));
        assertEquals("no connection to Server", error.problem());
        IllegalStateException bug = new IllegalStateException("a bug");
        assertSame(
                bug,
                assertThrows(
                        IllegalStateException.class,
                        () -> of(Connection.class)
                                .borrow(
                                        connection.source(),
                                        borrowed -> {
                                            throw bug;
                                        },
                                        DriverConnectionsTest::failed)));
        assertEquals(List.of("close", "close"), connection.calls());
    }
}
