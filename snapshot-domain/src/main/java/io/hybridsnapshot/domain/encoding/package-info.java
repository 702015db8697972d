/**
 * Row encoding HSR1, row hashes and identities. Reads batches; feeds the window's staging and the delta. {@code
 * docs/row-encoding.md} defines the byte format.
 */
@NullMarked
package io.hybridsnapshot.domain.encoding;

import org.jspecify.annotations.NullMarked;
