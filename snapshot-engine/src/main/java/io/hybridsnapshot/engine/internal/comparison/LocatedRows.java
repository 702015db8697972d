package io.hybridsnapshot.engine.internal.comparison;

import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.Optional;

/**
 * The rows of one side, and the file that holds their cells.
 *
 * @param rows sorted rows, with ordinals that are positions in the file
 * @param reader the file; empty where there is none
 */
record LocatedRows(SortedKeyedRows rows, Optional<SnapshotReader> reader) {}
