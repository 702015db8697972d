/**
 * The conversion of a full snapshot into bytes and back into rows: the port {@link
 * io.hybridsnapshot.domain.codec.SnapshotCodec}. Reads batches, feeds the archive.
 */
@NullMarked
package io.hybridsnapshot.domain.codec;

import org.jspecify.annotations.NullMarked;
