package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptionKeys;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.contract.SnapshotCodecContract;

class EncryptedParquetContractTest extends SnapshotCodecContract {
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();

    @Override
    protected SnapshotCodec codec() {
        return new EncryptingSnapshotCodec(new ParquetSnapshotCodec(), () -> KEYS);
    }
}
