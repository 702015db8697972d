/** Applies conditions to batches of rows. Reads a {@link io.hybridsnapshot.domain.source.RowSource}. Not API. */
@NullMarked
package io.hybridsnapshot.engine.internal.selection;

import org.jspecify.annotations.NullMarked;
