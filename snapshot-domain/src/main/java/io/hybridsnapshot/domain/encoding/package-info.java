/**
 * Row encoding HSR1, row hashes and identities. Reads batches; feeds the window's staging and the delta. The byte
 * format stands in {@code docs/row-encoding.md}.
 */
package io.hybridsnapshot.domain.encoding;
