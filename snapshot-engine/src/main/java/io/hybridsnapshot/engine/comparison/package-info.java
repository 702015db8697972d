/**
 * Compares two states of a dataset: chooses the basis, merges sorted identities and hashes, and reads the cells behind
 * a change. Reads a source, the window or the archive; feeds {@link io.hybridsnapshot.engine.comparison.DeltaReport}.
 */
@NullMarked
package io.hybridsnapshot.engine.comparison;

import org.jspecify.annotations.NullMarked;
