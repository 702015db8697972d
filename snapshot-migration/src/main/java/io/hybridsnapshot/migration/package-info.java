/**
 * Brings the databases' tables up to date, with the scripts in {@code sql/} themselves. Runs before a store is used for
 * the first time.
 */
package io.hybridsnapshot.migration;
