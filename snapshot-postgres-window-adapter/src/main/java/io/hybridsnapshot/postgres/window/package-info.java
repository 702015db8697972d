/** The window store and row source on PostgreSQL. */
package io.hybridsnapshot.postgres.window;
