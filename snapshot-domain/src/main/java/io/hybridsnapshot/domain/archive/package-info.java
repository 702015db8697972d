/**
 * Every full snapshot, kept as one compressed file with what is known of it: the port {@link io.hybridsnapshot.domain.archive.ArchiveStore}.
 * Reads the codec's files; feeds loading, comparing and verifying.
 */
package io.hybridsnapshot.domain.archive;
