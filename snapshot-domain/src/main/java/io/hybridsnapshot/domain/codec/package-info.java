/**
 * How a full snapshot becomes bytes and rows again: the port {@link io.hybridsnapshot.domain.codec.SnapshotCodec}.
 * Reads batches, feeds the archive.
 */
package io.hybridsnapshot.domain.codec;
