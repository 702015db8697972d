package io.hybridsnapshot.encryption;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes the same bytes for any rows, so that files of any length can be made. */
final class BytesCodec implements SnapshotCodec {
    private final byte[] content;

    BytesCodec(byte[] content) {
        this.content = content;
    }

    @Override
    public String format() {
        return "bytes";
    }

    @Override
    public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
        return new SnapshotWriter() {
            @Override
            public void append(RowBatch batch) {
                throw new UnsupportedOperationException("there are no rows");
            }

            @Override
            public WrittenFile finish() {
                try {
                    Files.write(file, content);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return new WrittenFile(file, 0, content.length, content.length, "", "");
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    @Override
    public SnapshotReader openReader(SeekableBytes bytes) {
        throw new UnsupportedOperationException("there are no rows");
    }
}
