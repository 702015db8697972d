package io.hybridsnapshot.testkit.planted.postgres.archive;

import io.hybridsnapshot.testkit.planted.postgres.connection.SharedConnection;

/** Allowed: an adapter of PostgreSQL over the shared connection. */
public final class ArchiveOverConnection {
    SharedConnection connection;
}
