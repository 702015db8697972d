package io.hybridsnapshot.testkit.planted.sqlserver.connection;

import io.hybridsnapshot.testkit.planted.sqlserver.source.SourceOverConnection;

/** Violates: a shared connection that depends on an adapter. */
final class ConnectionOverSource {
    SourceOverConnection source;
}
