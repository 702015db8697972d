package io.hybridsnapshot.jdbc.connection;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one driver, and how a session borrows one of a program's own data source. Immutable.
 *
 * @param type the driver's own type of a connection
 * @param server the database server's name, for messages
 * @param driver the driver's name, for messages: {@code PostgreSQL's driver}
 * @param root the driver's root package, for messages
 */
public record DriverConnections(Class<?> type, String server, String driver, String root) {
    /** The address of a program's own data source, for messages. It shows no secret. */
    public static final String PROGRAMS_SOURCE = "the program's data source";

    public DriverConnections {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(driver, "driver");
        Objects.requireNonNull(root, "root");
    }

    /** Makes a session of a borrowed connection. */
    @FunctionalInterface
    public interface Opening<S> {
        /** Returns the session, which closes the connection. After an exception, the caller closes it. */
        S on(Connection connection) throws SQLException;
    }

    /**
     * Borrows a connection and makes a session of it. A connection without a session goes back at once.
     *
     * @param failed the translation of an error of the source or the driver
     * @throws SnapshotException INVALID_REQUEST if the connection is not one of this driver; the translated error
     */
    public <S> S borrow(DataSource source, Opening<S> opening, Function<SQLException, SnapshotException> failed) {
        Connection connection = null;
        try {
            connection = source.getConnection();
            if (!connection.isWrapperFor(type)) {
                throw SnapshotException.invalidRequest("the data source's connections are not those of " + server)
                        .where(PROGRAMS_SOURCE)
                        .actual("a connection of " + connection.getMetaData().getDriverName())
                        .expected("a connection of " + driver + ", or one that unwraps to it")
                        .nextStep("give a data source over the driver " + root)
                        .build();
            }
            return opening.on(connection);
        } catch (SQLException e) {
            closeQuietly(connection);
            throw failed.apply(e);
        } catch (RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    static void closeQuietly(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // Nothing depends on a connection that is on its way out.
            }
        }
    }
}
