/**
 * The rolling window of the newest snapshots of each partition: the port {@link
 * io.hybridsnapshot.domain.window.WindowStore}. Reads batches and hashes, feeds the delta. Each snapshot refers to its
 * archive.
 */
@NullMarked
package io.hybridsnapshot.domain.window;

import org.jspecify.annotations.NullMarked;
