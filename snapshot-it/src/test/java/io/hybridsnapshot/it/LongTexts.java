package io.hybridsnapshot.it;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.RowSize;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.HybridSnapshotManager;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.save.SaveResult;
import io.hybridsnapshot.engine.verification.VerificationLevel;
import io.hybridsnapshot.engine.verification.VerifyRequest;
import io.hybridsnapshot.engine.verification.VerifySnapshots;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import io.hybridsnapshot.testkit.memory.InMemoryWindowStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Saves, compares, loads and verifies rows of long texts in the heap that it is given; {@link LongTextsTest} gives it a
 * small one.
 */
final class LongTexts {
    private static final Dataset DATASET = Dataset.of("t", List.of("id"));
    private static final Schema SCHEMA =
            Schema.of(new Column("id", ColumnType.INT64), new Column("s", ColumnType.TEXT));

    private LongTexts() {}

    public static void main(String[] arguments) {
        int rows = Integer.parseInt(arguments[1]);
        int length = arguments[2].equals("most") ? (int) RowSize.MOST_BYTES : Integer.parseInt(arguments[2]);
        SnapshotEnvironment environment = SnapshotEnvironment.of(
                new InMemoryWindowStore(),
                new InMemoryArchiveStore(),
                new ParquetSnapshotCodec(),
                Path.of(arguments[0], "work"));
        try {
            save(environment, rows, length, 'a');
            SaveResult second = save(environment, rows, length, 'b');
            System.out.println(
                    "changed " + second.delta().orElseThrow().counts().changed());
            ArchivedSnapshot archive = second.archive().orElseThrow();
            long bytes = 0;
            try (RowStream loaded = new LoadSnapshot(environment).open(archive, List.of())) {
                for (Optional<RowBatch> batch = loaded.next(); batch.isPresent(); batch = loaded.next()) {
                    bytes += ((BytesVector) batch.get().vector(1)).bytesUsed();
                }
            }
            System.out.println("loaded " + (bytes == (long) rows * length));
            System.out.println("found "
                    + new VerifySnapshots(environment)
                            .verify(VerifyRequest.of(DATASET, Set.of(VerificationLevel.CONTENT)))
                            .findings());
        } catch (SnapshotException e) {
            System.out.println(e.kind() + " " + e.getMessage());
        }
    }

    private static SaveResult save(SnapshotEnvironment environment, int rows, int length, char letter) {
        return new HybridSnapshotManager(environment, DATASET, new Repeated(rows, length, letter)).save(Partition.ALL);
    }

    /** The same long text in every row; in every second row its first letter is the one given. */
    private record Repeated(int rows, int length, char letter) implements RowSource {
        @Override
        public String description() {
            return "repeated";
        }

        @Override
        public RowStream open(ReadOptions options) {
            byte[] text = new byte[length];
            Arrays.fill(text, (byte) 'x');
            return new RowStream() {
                private int next;

                @Override
                public Schema schema() {
                    return options.columns().isEmpty() ? SCHEMA : SCHEMA.select(options.columns());
                }

                @Override
                public Optional<RowBatch> next() {
                    LongVector ids = new LongVector(16);
                    BytesVector texts = new BytesVector(1, length);
                    while (next < rows && texts.bytesUsed() < RowBatch.DEFAULT_BYTES) {
                        text[0] = (byte) (next % 2 == 0 ? 'x' : letter);
                        ids.append(next++);
                        texts.append(text);
                    }
                    return ids.size() == 0
                            ? Optional.empty()
                            : Optional.of(new RowBatch(SCHEMA, List.of(ids, texts)).select(schema()));
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };
        }
    }
}
