package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.schema.Schema;
import java.nio.file.Path;
import java.util.Map;

/**
 * A {@link SnapshotCodec} that needs only the JDK, for tests beside the in-memory stores. A file consists of a magic
 * word, the batches, a footer, the footer's length and CRC-32C, and the magic word again. Each batch is one run of
 * values per column. The footer holds the schema, the metadata, and the position, length and CRC-32C of every run.
 * Every byte is checked when it is read. Immutable and safe to share. The format may change at any time: do not keep
 * files.
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
