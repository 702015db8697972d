package io.hybridsnapshot.testkit.planted.csv;

import io.hybridsnapshot.testkit.planted.jdbc.connection.CommonConnection;

/** Violates: an adapter without a server beside it depends on the connections of servers. */
final class CsvOverCommonConnection {
    CommonConnection connection;
}
