/**
 * Conditions that choose rows of a table by the cells of a column. Read by the use cases that work on a part of a
 * table.
 */
@NullMarked
package io.hybridsnapshot.engine.selection;

import org.jspecify.annotations.NullMarked;
