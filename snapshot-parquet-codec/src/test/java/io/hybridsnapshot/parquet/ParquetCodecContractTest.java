package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.testkit.contract.SnapshotCodecContract;

class ParquetCodecContractTest extends SnapshotCodecContract {
    @Override
    protected SnapshotCodec codec() {
        return new ParquetSnapshotCodec();
    }
}
