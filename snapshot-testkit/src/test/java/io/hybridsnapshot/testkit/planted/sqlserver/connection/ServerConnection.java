package io.hybridsnapshot.testkit.planted.sqlserver.connection;

import java.sql.Connection;

/** Allowed: the package that window and source on SQL Server share may expose JDBC. */
public final class ServerConnection {
    public Connection connection;
}
