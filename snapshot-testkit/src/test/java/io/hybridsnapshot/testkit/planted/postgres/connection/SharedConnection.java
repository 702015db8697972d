package io.hybridsnapshot.testkit.planted.postgres.connection;

import java.sql.Connection;

/** Allowed: what both adapters of PostgreSQL share may show JDBC. */
public final class SharedConnection {
    public Connection connection;
}
