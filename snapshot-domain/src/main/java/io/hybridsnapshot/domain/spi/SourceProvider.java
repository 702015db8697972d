package io.hybridsnapshot.domain.spi;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.source.RowSource;
import java.util.List;
import java.util.Map;

/**
 * Opens a source of rows by the settings of a configuration. Its sources are immutable, as {@link RowSource} says.
 * Threads: as {@link AdapterProvider} says.
 */
public interface SourceProvider extends AdapterProvider {
    /**
     * Opens the adapter. The program calls it when it first needs the adapter, at most once a dataset.
     *
     * @param settings the values of {@link #settings()}: all required ones are present, and each fits its type
     * @return the source. Opening its stream connects; the source itself holds nothing to close
     * @throws SnapshotException INVALID_REQUEST if the values do not fit together,
     *     UNAVAILABLE if the adapter cannot be opened now; the program may then try again
     */
    RowSource open(AdapterSettings settings);

    /**
     * Opens the adapter with types that the user declares for columns. The default is for sources that know the types
     * of all their columns: it refuses declared ones.
     *
     * @param settings as {@link #open(AdapterSettings)} takes them
     * @param types the declared types by column, in the user's order; empty: none are declared
     * @return the source, as {@link #open(AdapterSettings)} returns it
     * @throws SnapshotException as {@link #open(AdapterSettings)} does; INVALID_REQUEST also if the adapter does not
     *     accept declared types
     */
    default RowSource open(AdapterSettings settings, Map<String, ColumnType> types) {
        if (!types.isEmpty()) {
            throw SnapshotException.invalidRequest("the source '" + name() + "' does not accept declared types")
                    .actual("types for the columns " + List.copyOf(types.keySet()))
                    .expected("no types: the source knows those of its columns")
                    .nextStep("remove the types")
                    .build();
        }
        return open(settings);
    }
}
