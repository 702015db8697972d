package io.hybridsnapshot.testkit.planted.jdbc.connection;

import io.hybridsnapshot.testkit.planted.postgres.connection.SharedConnection;

/** Violates: what all servers share depends on one server. */
final class CommonOverServer {
    SharedConnection connection;
}
