/**
 * Sorts identities, hashes and rows by disk in bounded memory. Reads hashed batches; feeds the merge of a comparison
 * and the fingerprint of a snapshot. Not API.
 */
@NullMarked
package io.hybridsnapshot.engine.internal.sorting;

import org.jspecify.annotations.NullMarked;
