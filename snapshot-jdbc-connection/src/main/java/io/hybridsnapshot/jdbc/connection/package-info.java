/**
 * The half of a session with a database server that is the same for every server: transactions, connections borrowed of
 * a data source, sockets that detect silence, the wording of errors, and results that windows read. The packages {@code
 * postgres.connection} and {@code sqlserver.connection} add a driver, its error codes and its settings. Internal to
 * these packages and the adapters beside them: its signatures name JDBC and jOOQ, and may change with them.
 */
@NullMarked
package io.hybridsnapshot.jdbc.connection;

import org.jspecify.annotations.NullMarked;
