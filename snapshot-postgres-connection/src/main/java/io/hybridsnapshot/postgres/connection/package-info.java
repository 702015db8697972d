/**
 * Connections, transactions and the translation of errors that the PostgreSQL adapters share. Internal to these
 * adapters: its signatures name JDBC and jOOQ, and may change with them. Only
 * {@link io.hybridsnapshot.postgres.connection.PostgresSettings},
 * {@link io.hybridsnapshot.postgres.connection.PostgresDatabase} and
 * {@link io.hybridsnapshot.postgres.connection.StorageCheck} are for general use.
 */
@NullMarked
package io.hybridsnapshot.postgres.connection;

import org.jspecify.annotations.NullMarked;
