/**
 * Sorts identities, hashes and rows by disk in bounded memory. Reads hashed batches; feeds the merge of a comparison
 * and the fingerprint of a snapshot.
 */
package io.hybridsnapshot.engine.sorting;
