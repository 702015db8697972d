/**
 * The row source on PostgreSQL: one binary COPY of a query's rows, read into vectors. Reads the server; feeds batches to
 * the engine.
 */
package io.hybridsnapshot.postgres.source;
