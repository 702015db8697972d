/**
 * The row source on SQL Server: the rows of one query, over one connection or split into ranges of a key over several.
 * Reads result sets; feeds batches to the engine.
 */
@NullMarked
package io.hybridsnapshot.sqlserver.source;

import org.jspecify.annotations.NullMarked;
