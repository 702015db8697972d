package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.testkit.contract.SnapshotCodecContract;

class InMemorySnapshotCodecTest extends SnapshotCodecContract {
    @Override
    protected SnapshotCodec codec() {
        return new InMemorySnapshotCodec();
    }
}
