/**
 * The steps of a comparison: merges sorted identities and hashes, and reads the cells behind a change. Reads sorted
 * rows and files; feeds {@link io.hybridsnapshot.engine.comparison.DeltaReport}. Not API.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.comparison;

import org.jspecify.annotations.NullMarked;
