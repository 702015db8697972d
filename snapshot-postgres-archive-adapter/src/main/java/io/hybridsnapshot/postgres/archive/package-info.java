/**
 * The archive store on PostgreSQL: files as one value or as chunks, read back in ranges. Reads the codec's files; feeds
 * loading, comparing and verifying. The tables are defined in {@code sql/ddl/tables/kestra}.
 */
@NullMarked
package io.hybridsnapshot.postgres.archive;

import org.jspecify.annotations.NullMarked;
