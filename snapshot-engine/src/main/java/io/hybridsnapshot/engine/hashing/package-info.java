/**
 * Computes the identities and hashes of a source's rows as a save does, without a store. Reads a source; feeds programs
 * that compare hashes themselves.
 */
@NullMarked
package io.hybridsnapshot.engine.hashing;

import org.jspecify.annotations.NullMarked;
