package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;

/**
 * A {@link SnapshotCodec} that needs nothing but the JDK, for tests beside the in-memory stores. Its files are plain: a magic word; for each
 * batch, one run of values a column; a footer with schema, metadata and the place, length and CRC-32C of every run; the footer's length and
 * CRC-32C; the magic word. Every byte is checked when it is read. Immutable and safe to share. The format is no promise: do not keep files.
 */
public final class InMemorySnapshotCodec implements SnapshotCodec {
    @Override
    public String format() {
        return "plain";
    }

    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        return PlainWriter.open(file, schema, Map.copyOf(metadata));
    }

    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        return PlainReader.open(bytes);
    }
}
