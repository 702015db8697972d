/**
 * The PostgreSQL server that the application starts if no other is configured. It precedes the first step of the data's
 * way: it gives the window and the archive a database each, in one server that lives with the commands that use it.
 * {@link io.hybridsnapshot.embedded.EmbeddedPostgresServer} is the entry point; the other classes are internal.
 */
package io.hybridsnapshot.embedded;
