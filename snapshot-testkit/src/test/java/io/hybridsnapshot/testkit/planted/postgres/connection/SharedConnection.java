package io.hybridsnapshot.testkit.planted.postgres.connection;

import java.sql.Connection;

/** Allowed: the package that the PostgreSQL adapters share may expose JDBC. */
public final class SharedConnection {
    public Connection connection;
}
