package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.testkit.contract.SnapshotCodecContract;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;

class EncryptingCodecContractTest extends SnapshotCodecContract {
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();

    @Override
    protected SnapshotCodec codec() {
        return new EncryptingSnapshotCodec(new InMemorySnapshotCodec(), () -> KEYS);
    }
}
