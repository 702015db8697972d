/**
 * Connections, transactions and the translation of errors that the window store and the row source on SQL Server share.
 * Internal to these adapters: its signatures name JDBC and jOOQ, and may change with them. Only
 * {@link io.hybridsnapshot.sqlserver.connection.SqlServerSettings} and
 * {@link io.hybridsnapshot.sqlserver.connection.SqlServerDatabase} are for general use.
 */
@NullMarked
package io.hybridsnapshot.sqlserver.connection;

import org.jspecify.annotations.NullMarked;
