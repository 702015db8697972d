/**
 * Copies of both stores on PostgreSQL in one file, and their restoration. Reads the tables that the adapters name, and
 * feeds the commands {@code backup} and {@code restore}.
 */
package io.hybridsnapshot.app.backup;
