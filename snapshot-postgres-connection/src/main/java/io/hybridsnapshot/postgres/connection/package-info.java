/** Connections, transactions and type mapping that both PostgreSQL adapters share. */
package io.hybridsnapshot.postgres.connection;
