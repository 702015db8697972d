package io.hybridsnapshot.testkit.planted.jdbc.connection;

import java.sql.Connection;

/** Allowed: the package that all shared connections build on may expose JDBC. */
public final class CommonConnection {
    public Connection connection;
}
