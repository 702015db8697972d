/** Brings the databases' tables up to date, by the very scripts in {@code sql/}. Runs before a store is used for the first time. */
package io.hybridsnapshot.migration;
