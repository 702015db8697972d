package io.hybridsnapshot.testkit.planted.sqlserver;

import io.hybridsnapshot.testkit.planted.postgres.connection.SharedConnection;

/** Violates: the shared connection belongs to the adapters of PostgreSQL. */
final class SqlServerOverPostgres {
    SharedConnection connection;
}
