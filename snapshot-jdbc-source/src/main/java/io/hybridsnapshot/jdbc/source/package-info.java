/**
 * Rows of a table or a query over any JDBC driver: {@link io.hybridsnapshot.jdbc.source.JdbcRowSource} reads from a
 * {@link javax.sql.DataSource} and feeds a snapshot. {@link io.hybridsnapshot.jdbc.source.JdbcSourceProvider} makes it
 * by the settings of a configuration. {@code docs/how-to/read-over-jdbc.md} describes types, drivers and memory.
 */
@NullMarked
package io.hybridsnapshot.jdbc.source;

import org.jspecify.annotations.NullMarked;
