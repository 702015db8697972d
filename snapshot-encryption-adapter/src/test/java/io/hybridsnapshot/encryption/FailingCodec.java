package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.util.Map;

/** A codec that breaks at one point, after it has written something. */
final class FailingCodec implements SnapshotCodec {
    /** The point of failure. */
    enum At {
        OPEN,
        APPEND,
        FINISH,
        CLOSE
    }

    private final SnapshotCodec inner = new InMemorySnapshotCodec();
    private final At at;

    FailingCodec(At at) {
        this.at = at;
    }

    private void fail(At point) {
        if (point == at) {
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public String format() {
        return "failing";
    }

    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        SnapshotWriter writer = inner.openWriter(file, schema, metadata);
        if (at == At.OPEN) {
            writer.close();
        }
        fail(At.OPEN);
        return new SnapshotWriter() {
            @Override
            public void append(RowBatch batch) {
                writer.append(batch);
                fail(At.APPEND);
            }

            @Override
            public WrittenFile finish() {
                WrittenFile written = writer.finish();
                fail(At.FINISH);
                return written;
            }

            @Override
            public void close() {
                writer.close();
                fail(At.CLOSE);
            }
        };
    }

    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        throw new UnsupportedOperationException("nothing is read");
    }
}
