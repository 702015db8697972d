/**
 * The archive of every full snapshot, each kept as one compressed file with its record: the port {@link
 * io.hybridsnapshot.domain.archive.ArchiveStore}. Reads the codec's files; feeds loading, comparing and verifying.
 */
@NullMarked
package io.hybridsnapshot.domain.archive;

import org.jspecify.annotations.NullMarked;
