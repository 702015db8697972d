package io.hybridsnapshot.domain.spi;

import io.hybridsnapshot.domain.archive.ArchiveStore;

/** Opens an archive by the settings of a configuration. */
public interface ArchiveProvider extends AdapterProvider {
    /**
     * Opens the adapter. The program calls it when it first needs the adapter, at most once.
     *
     * @param settings the values of {@link #settings()}: all required ones are present, and each fits its type
     * @return the archive. It is safe to share between threads. The program closes it at its end if it is {@link
     *     AutoCloseable}
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the values do not fit together,
     *     UNAVAILABLE if the adapter cannot be opened now; the program may then try again
     */
    ArchiveStore open(AdapterSettings settings);
}
