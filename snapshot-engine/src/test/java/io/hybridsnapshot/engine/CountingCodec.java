package io.hybridsnapshot.engine;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the files that are opened for reading. */
public final class CountingCodec implements SnapshotCodec {
    private final SnapshotCodec inner = new InMemorySnapshotCodec();
    private final AtomicInteger opened;

    /** Counts in the given number. */
    public CountingCodec(AtomicInteger opened) {
        this.opened = opened;
    }

    @Override
    public String format() {
        return inner.format();
    }

    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        return inner.openWriter(file, schema, metadata);
    }

    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        opened.incrementAndGet();
        return inner.openReader(bytes);
    }
}
