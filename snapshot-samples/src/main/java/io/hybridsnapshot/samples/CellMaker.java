package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.batch.ColumnVector;

/** Makes one column of a batch. Stateless: shared by all streams. */
interface CellMaker {
    ColumnVector make(OrderBatch rows);
}
