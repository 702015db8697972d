package io.hybridsnapshot.testkit.planted.sqlserver.source;

import io.hybridsnapshot.testkit.planted.sqlserver.connection.ServerConnection;

/** Allowed: an adapter of SQL Server over the shared connection. */
public final class SourceOverConnection {
    ServerConnection connection;
}
