/**
 * The PostgreSQL server that the application starts when nothing is configured. It stands before the first step of the
 * data's way: it gives the window and the archive a database each, in one server that lives with the commands that use
 * it. {@link io.hybridsnapshot.embedded.EmbeddedPostgresServer} is the way in; all else serves it.
 */
package io.hybridsnapshot.embedded;
