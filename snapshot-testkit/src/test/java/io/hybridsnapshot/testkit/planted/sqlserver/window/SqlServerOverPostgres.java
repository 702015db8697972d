package io.hybridsnapshot.testkit.planted.sqlserver.window;

import io.hybridsnapshot.testkit.planted.postgres.connection.SharedConnection;

/** Violates: the shared connection belongs to the adapters of PostgreSQL. */
final class SqlServerOverPostgres {
    SharedConnection connection;
}
