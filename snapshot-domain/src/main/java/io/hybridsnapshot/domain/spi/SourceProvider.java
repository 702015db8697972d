package io.hybridsnapshot.domain.spi;

import io.hybridsnapshot.domain.source.RowSource;

/** Opens a source of rows by the settings of a configuration. */
public interface SourceProvider extends AdapterProvider {
    /**
     * Opens the adapter. The program calls it when it first needs the adapter, at most once a dataset.
     *
     * @param settings the values of {@link #settings()}: all required ones are present, and each fits its type
     * @return the source. Opening its stream connects; the source itself holds nothing to close
     * @throws io.hybridsnapshot.domain.error.SnapshotException INVALID_REQUEST if the values do not fit together,
     *     UNAVAILABLE if the adapter cannot be opened now; the program may then try again
     */
    RowSource open(AdapterSettings settings);
}
