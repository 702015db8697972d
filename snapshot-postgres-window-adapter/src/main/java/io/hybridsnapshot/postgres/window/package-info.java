/**
 * The window store on PostgreSQL: staging by binary COPY, the delta by a join, the swap in one
 * transaction. Reads batches and hashes; feeds the delta. Ledger and locks are defined in
 * {@code sql/ddl/tables/window}; the tables of a dataset are created from its definition.
 */
@NullMarked
package io.hybridsnapshot.postgres.window;

import org.jspecify.annotations.NullMarked;
