package io.hybridsnapshot.domain.snapshot;

/**
 * The number of an archive ({@code archive_id}). Immutable.
 *
 * @param value the number, given by the archive
 */
public record ArchiveId(long value) {
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
