/**
 * Rows on their way, in columnar batches: one typed vector a column with a null bitmap, never an object a cell. Sources
 * fill batches; the encoding, the window's staging and the codec read them.
 */
@NullMarked
package io.hybridsnapshot.domain.batch;

import org.jspecify.annotations.NullMarked;
