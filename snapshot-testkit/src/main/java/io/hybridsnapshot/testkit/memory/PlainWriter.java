package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.testkit.data.FileDigests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes one plain file, run by run. */
final class PlainWriter implements SnapshotWriter {
    private final Path file;
    private final FileChannel channel;
    private final Schema schema;
    private final Map<String, String> metadata;
    private final List<PlainFooter.Group> groups = new ArrayList<>();
    private boolean finished;

    private PlainWriter(Path file, FileChannel channel, Schema schema, Map<String, String> metadata) {
        this.file = file;
        this.channel = channel;
        this.schema = schema;
        this.metadata = metadata;
    }

    static PlainWriter open(Path file, Schema schema, Map<String, String> metadata) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            PlainWriter writer = new PlainWriter(file, channel, schema, metadata);
            writer.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, PlainFooter.MAGIC));
            return writer;
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void append(RowBatch batch) {
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException("a batch of another schema");
        }
        try {
            List<PlainRun> runs = new ArrayList<>(schema.size());
            for (int column = 0; column < schema.size(); column++) {
                byte[] run = PlainRun.encode(batch.vector(column));
                runs.add(new PlainRun(channel.position(), run.length, PlainFooter.crc(run)));
                write(ByteBuffer.wrap(run));
            }
            groups.add(new PlainFooter.Group(batch.rowCount(), runs));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public WrittenFile finish() {
        try {
            PlainFooter whole = new PlainFooter(schema, metadata, groups);
            byte[] footer = whole.encode();
            long values = channel.position();
            write(ByteBuffer.wrap(footer));
            write(ByteBuffer.allocate(PlainFooter.TRAILER_BYTES)
                    .putInt(footer.length)
                    .putInt(PlainFooter.crc(footer))
                    .putInt(PlainFooter.MAGIC)
                    .flip());
            channel.force(true);
            finished = true;
            byte[] bytes = Files.readAllBytes(file);
            return new WrittenFile(
                    file, whole.rowCount(), bytes.length, values, FileDigests.md5(bytes), FileDigests.sha256(bytes));
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (!finished) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static SnapshotException unwritable(Path file, IOException cause) {
        return SnapshotException.unavailable("the file cannot be written")
                .where(file.toString())
                .actual(cause)
                .nextStep("check the folder, its permissions and the disk")
                .cause(cause)
                .build();
    }
}
