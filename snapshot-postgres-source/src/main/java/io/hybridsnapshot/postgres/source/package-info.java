/**
 * The row source on PostgreSQL: one binary COPY of a query's rows, read into vectors. Reads the server; feeds batches
 * to the engine.
 */
@NullMarked
package io.hybridsnapshot.postgres.source;

import org.jspecify.annotations.NullMarked;
