/**
 * Connections, transactions and the translation of errors that both PostgreSQL adapters share. Internal to these adapters: its
 * signatures name JDBC and jOOQ, and it may change with them; only {@link io.hybridsnapshot.postgres.connection.PostgresSettings} is for
 * everybody.
 */
package io.hybridsnapshot.postgres.connection;
