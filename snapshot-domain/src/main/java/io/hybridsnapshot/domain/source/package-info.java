/**
 * The sources of rows: the port {@link io.hybridsnapshot.domain.source.RowSource} and the stream of batches that it
 * opens. Feeds {@code encoding}, {@code window} and {@code codec}.
 */
@NullMarked
package io.hybridsnapshot.domain.source;

import org.jspecify.annotations.NullMarked;
