/**
 * Passes over the rows of a source once: reads ahead, hashes, and writes the file in the background. Reads a
 * {@link io.hybridsnapshot.domain.source.RowSource}; feeds the window, the codec and the sorting.
 */
package io.hybridsnapshot.engine.pass;
