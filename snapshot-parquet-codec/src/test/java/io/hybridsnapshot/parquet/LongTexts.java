package io.hybridsnapshot.parquet;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.RowSize;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;

/** Writes and reads long texts in the heap of its JVM; {@link LongTextsTest} gives it a small one. */
final class LongTexts {
    private static final Schema SCHEMA =
            Schema.of(new Column("id", ColumnType.INT64), new Column("s", ColumnType.TEXT));

    private LongTexts() {}

    public static void main(String[] arguments) {
        Path file = Path.of(arguments[1]);
        try {
            switch (arguments[0]) {
                case "read" -> System.out.println("read " + bytes(file, false));
                case "repeated" -> {
                    write(file, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), false);
                    System.out.println("read " + bytes(file, false) + " and " + bytes(file, true));
                }
                case "among-short" -> {
                    writeAmongShort(file, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
                    System.out.println("read " + bytes(file, false));
                }
                case "distinct" -> {
                    int length = (int) (RowSize.MOST_BYTES + Long.parseLong(arguments[3]));
                    write(file, Integer.parseInt(arguments[2]), length, true);
                    long expected = (long) Integer.parseInt(arguments[2]) * length;
                    System.out.println("read " + (bytes(file, false) == expected ? "all" : "something else"));
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        } catch (SnapshotException e) {
            System.out.println(e.kind() + " " + e.getMessage());
        }
    }

    /** One long text in five of six rows, and another short one in each sixth row. */
    private static void writeAmongShort(Path file, int rows, int length) {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, SCHEMA, Map.of())) {
            int written = 0;
            while (written < rows) {
                BytesVector texts = new BytesVector(1, length);
                LongVector ids = new LongVector(1);
                do {
                    if (written % 6 == 0) {
                        texts.append(String.format("%08d", written));
                    } else {
                        texts.append(text);
                    }
                    ids.append(written++);
                } while (written < rows && texts.bytesUsed() < RowBatch.DEFAULT_BYTES);
                writer.append(new RowBatch(SCHEMA, List.of(ids, texts)));
            }
            writer.finish();
        }
    }

    private static void write(Path file, int rows, int length, boolean distinct) {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');
        Random random = new Random(1);
        try (SnapshotWriter writer = new ParquetSnapshotCodec().openWriter(file, SCHEMA, Map.of())) {
            int written = 0;
            while (written < rows) {
                BytesVector texts = new BytesVector(1, length);
                LongVector ids = new LongVector(1);
                do {
                    if (distinct) {
                        for (int i = 0; i < length; i++) {
                            text[i] = (byte) ('a' + random.nextInt(26));
                        }
                    }
                    ids.append(written++);
                    texts.append(text);
                } while (written < rows && texts.bytesUsed() < RowBatch.DEFAULT_BYTES);
                writer.append(new RowBatch(SCHEMA, List.of(ids, texts)));
            }
            writer.finish();
        }
    }

    /** The number of bytes of the texts: of all rows, or of every third row. */
    private static long bytes(Path file, boolean scattered) {
        long bytes = 0;
        try (SnapshotReader reader = new ParquetSnapshotCodec().openReader(FileBytes.open(file));
                RowStream rows = scattered
                        ? reader.rowsAt(
                                LongStream.range(0, (reader.rowCount() + 2) / 3)
                                        .map(i -> 3 * i)
                                        .toArray(),
                                ReadOptions.ALL)
                        : reader.rows(ReadOptions.ALL)) {
            int texts = rows.schema().indexOf("s");
            for (Optional<RowBatch> batch = rows.next(); batch.isPresent(); batch = rows.next()) {
                bytes += ((BytesVector) batch.get().vector(texts)).bytesUsed();
            }
        }
        return bytes;
    }
}
