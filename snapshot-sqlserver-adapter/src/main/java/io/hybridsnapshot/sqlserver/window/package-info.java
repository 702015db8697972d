/**
 * The window store on SQL Server: staging by bulk copy, the delta by set-based T-SQL, the swap in one transaction.
 * Reads batches and hashes; feeds the delta. Ledger and locks are defined in {@code sql/ddl/tables/orders}; the tables
 * of a dataset are created from its definition.
 */
@NullMarked
package io.hybridsnapshot.sqlserver.window;

import org.jspecify.annotations.NullMarked;
