/**
 * The steps of a pass over the rows of a source: reads ahead, hashes, and writes the file in the background. Reads a
 * {@link io.hybridsnapshot.domain.source.RowSource}; feeds the window, the codec and the sorting. Not API.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.pass;

import org.jspecify.annotations.NullMarked;
