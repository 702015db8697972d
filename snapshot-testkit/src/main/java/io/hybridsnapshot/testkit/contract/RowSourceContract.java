package io.hybridsnapshot.testkit.contract;

import static io.hybridsnapshot.testkit.contract.Expectations.assertKind;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileRowSource;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.data.RandomTables;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The promises of every {@link RowSource}. The subclass turns rows into a source and names the values that no source of
 * its kind can hold. One instance per test, in one thread.
 */
@Timeout(120)
public abstract class RowSourceContract {
    /** A source that has the columns, types and rows of a table, in the table's order. It lives until the fact ends. */
    protected abstract RowSource sourceOf(Table table);

    /** The maker without the values that a source of this kind cannot hold. By default it makes all values. */
    protected RandomTables narrowed(RandomTables tables) {
        return tables;
    }

    /** Reading every type. */
    @Nested
    class Types {
        @Test
        void everyTypeIsReadAsItIs() {
            for (int seed = 0; seed < 3; seed++) {
                Table table = narrowed(RandomTables.seeded(seed)).everyType(120, 50);
                assertReads(table, sourceOf(table), ReadOptions.ALL);
            }
        }

        @Test
        void randomTablesAreReadAsTheyAre() {
            for (int seed = 10; seed < 18; seed++) {
                Random random = new Random(seed);
                Table table =
                        narrowed(RandomTables.seeded(seed)).table(2 + random.nextInt(12), 1 + random.nextInt(700), 256);
                assertReads(table, sourceOf(table), ReadOptions.ALL);
            }
        }
    }

    /** Batches and columns. */
    @Nested
    class BatchesAndColumns {
        @Test
        void rowsAreReadInMoreThanOneBatch() {
            Table table = narrowed(RandomTables.seeded(20)).table(4, 2 * RowBatch.DEFAULT_ROWS + 17, 1_000);
            assertReads(table, sourceOf(table), ReadOptions.ALL);
        }

        @Test
        void sourceWithoutRowsHasColumnsAndNoBatch() {
            Table table = narrowed(RandomTables.seeded(21)).everyType(0, 10);
            try (RowStream stream = sourceOf(table).open(ReadOptions.ALL)) {
                assertEquals(table.schema(), stream.schema());
                assertEquals(Optional.empty(), stream.next());
                assertEquals(Optional.empty(), stream.next());
            }
        }

        @Test
        void columnsAreKnownBeforeTheFirstBatchAndTheSameInEach() {
            Table table = narrowed(RandomTables.seeded(22)).everyType(90, 90);
            try (RowStream stream = sourceOf(table).open(new ReadOptions(List.of(), 20, Optional.empty()))) {
                assertEquals(table.schema(), stream.schema());
                for (Optional<RowBatch> batch = stream.next(); batch.isPresent(); batch = stream.next()) {
                    assertEquals(table.schema(), batch.get().schema());
                }
                assertEquals(Optional.empty(), stream.next(), "a batch after the end");
            }
        }

        @Test
        void batchesHaveNoMoreRowsThanAskedForAndAreNeverEmpty() {
            Table table = narrowed(RandomTables.seeded(23)).table(5, 103, 40);
            RowSource source = sourceOf(table);
            for (int batchRows : List.of(1, 7, 50, 103, 104, 100_000)) {
                ReadOptions options = new ReadOptions(List.of(), batchRows, Optional.empty());
                try (RowStream stream = source.open(options)) {
                    Table read = Table.read(stream);
                    for (RowBatch batch : read.batches()) {
                        assertTrue(
                                batch.rowCount() <= batchRows,
                                () -> "a batch of " + batch.rowCount() + " rows, asked for " + batchRows);
                    }
                    TableAssert.assertSameRows(table, read);
                }
            }
        }

        @Test
        void whatAListenerHearsGrowsUpToTheWhole() {
            Table table = narrowed(RandomTables.seeded(27)).table(4, 2 * RowBatch.DEFAULT_ROWS + 17, 1_000);
            Map<ReadListener.Purpose, Double> parts = new ConcurrentHashMap<>();
            ReadListener listener = (purpose, done, total) -> {
                double part = (double) done / total;
                double before = Objects.requireNonNullElse(parts.put(purpose, part), 0.0);
                assertTrue(
                        total >= 1 && before <= part && part <= 1,
                        () -> purpose + ": " + done + " of " + total + " after a part of " + before);
            };
            assertReads(table, sourceOf(table), ReadOptions.ALL.withListener(listener));
            // A source that does not know its length reports nothing.
            assertEquals(1.0, parts.getOrDefault(ReadListener.Purpose.ROWS, 1.0), 0.001, "the part at the end");
        }

        @Test
        void columnsComeInTheOrderAskedFor() {
            Table table = narrowed(RandomTables.seeded(24)).everyType(60, 60);
            RowSource source = sourceOf(table);
            Random random = new Random(25);
            for (int i = 0; i < 8; i++) {
                List<String> names = new ArrayList<>(table.schema().names());
                Collections.shuffle(names, random);
                List<String> asked = names.subList(0, 1 + random.nextInt(names.size()));
                assertReads(table.select(asked), source, ReadOptions.ALL.withColumns(asked));
            }
        }

        @Test
        void unknownColumnIsAnInvalidRequestThatNamesIt() {
            Table table = narrowed(RandomTables.seeded(26)).table(4, 10, 10);
            RowSource source = sourceOf(table);
            List<String> asked = List.of(table.schema().names().get(0), "no such column");
            assertTrue(assertKind(
                            Kind.INVALID_REQUEST,
                            () -> source.open(ReadOptions.ALL.withColumns(asked))
                                    .close())
                    .getMessage()
                    .contains("no such column"));
            assertReads(table, source, ReadOptions.ALL);
        }
    }

    /** Other names for columns. */
    @Nested
    class Renaming {
        @Test
        void columnsAreReadByTheirOtherNames() {
            Table table = narrowed(RandomTables.seeded(27)).table(4, 300, 300);
            List<String> names = table.schema().names();
            // The first two columns swap their names, and the last one gets a new name.
            ColumnRenames renames = new ColumnRenames(
                    Map.of(names.get(0), names.get(1), names.get(1), names.get(0), names.get(3), "another name"));
            RowSource renamed = sourceOf(table).renaming(renames);
            List<String> others = List.of(names.get(1), names.get(0), names.get(2), "another name");
            try (RowStream stream = renamed.open(ReadOptions.ALL)) {
                assertEquals(others, stream.schema().names());
                assertSameCells(table, Table.read(stream));
            }
            List<String> asked = List.of("another name", names.get(0));
            try (RowStream stream = renamed.open(ReadOptions.ALL.withColumns(asked))) {
                assertEquals(asked, stream.schema().names());
                assertSameCells(table.select(List.of(names.get(3), names.get(1))), Table.read(stream));
            }
        }

        @Test
        void aMissingColumnAndANameThatIsTakenAreInvalidRequests() {
            Table table = narrowed(RandomTables.seeded(28)).table(3, 5, 5);
            List<String> names = table.schema().names();
            RowSource source = sourceOf(table);
            for (Map<String, String> wrong :
                    List.of(Map.of("no such column", "x"), Map.of(names.get(0), names.get(1)))) {
                assertKind(
                        Kind.INVALID_REQUEST,
                        () -> source.renaming(new ColumnRenames(wrong))
                                .open(ReadOptions.ALL)
                                .close());
            }
            RowSource renamed = source.renaming(new ColumnRenames(Map.of(names.get(0), "x")));
            assertKind(
                    Kind.INVALID_REQUEST,
                    () -> renamed.open(ReadOptions.ALL.withColumns(names)).close());
            assertSame(source, source.renaming(ColumnRenames.NONE));
        }

        private void assertSameCells(Table table, Table renamed) {
            List<RowBatch> batches = new ArrayList<>();
            for (RowBatch batch : renamed.batches()) {
                List<ColumnVector> vectors = new ArrayList<>();
                for (int column = 0; column < table.schema().size(); column++) {
                    vectors.add(batch.vector(column));
                }
                batches.add(new RowBatch(table.schema(), vectors));
            }
            TableAssert.assertSameRows(table, new Table(table.schema(), batches));
        }
    }

    /** Opening and closing. */
    @Nested
    class OpeningAndClosing {
        @Test
        void sourceIsOpenedAnyNumberOfTimesWithEqualRows() {
            Table table = narrowed(RandomTables.seeded(27)).table(6, 300, 100);
            RowSource source = sourceOf(table);
            ReadOptions options = new ReadOptions(List.of(), 64, Optional.empty());
            assertReads(table, source, options);
            assertReads(table, source, options);
            try (RowStream one = source.open(options);
                    RowStream other = source.open(options)) {
                // Both at once, batch by batch, and then each against the rows.
                List<RowBatch> ofOne = new ArrayList<>();
                List<RowBatch> ofOther = new ArrayList<>();
                boolean more = true;
                while (more) {
                    Optional<RowBatch> next = one.next();
                    Optional<RowBatch> otherNext = other.next();
                    next.ifPresent(ofOne::add);
                    otherNext.ifPresent(ofOther::add);
                    more = next.isPresent() || otherNext.isPresent();
                }
                TableAssert.assertSameRows(table, new Table(one.schema(), ofOne));
                TableAssert.assertSameRows(table, new Table(other.schema(), ofOther));
            }
        }

        @Test
        void batchesStayAsTheyAreWhileTheStreamGoesOn() {
            Table table = narrowed(RandomTables.seeded(28)).table(6, 300, 100);
            try (RowStream stream = sourceOf(table).open(new ReadOptions(List.of(), 30, Optional.empty()))) {
                RowBatch first = stream.next().orElseThrow();
                Table before = new Table(first.schema(), List.of(first)).inBatchesOf(7);
                Table.read(stream);
                TableAssert.assertSameRows(before, new Table(first.schema(), List.of(first)));
            }
        }

        @Test
        void streamMayBeClosedBeforeItsEndAndTwice() {
            Table table = narrowed(RandomTables.seeded(29)).table(6, 300, 100);
            RowSource source = sourceOf(table);
            for (int i = 0; i < 20; i++) {
                RowStream stream = source.open(new ReadOptions(List.of(), 30, Optional.empty()));
                assertTrue(stream.next().isPresent());
                stream.close();
                stream.close();
            }
            assertReads(table, source, ReadOptions.ALL);
        }

        @Test
        void fileOfTheRowsHoldsThemAsAStreamDoes() {
            Table table = narrowed(RandomTables.seeded(31)).everyType(300, 100);
            Optional<SnapshotReader> file = FileRowSource.openFileOf(sourceOf(table));
            if (file.isPresent()) {
                try (SnapshotReader reader = file.get();
                        RowStream stream = reader.rows(ReadOptions.ALL)) {
                    assertEquals(table.schema(), reader.schema());
                    assertEquals(table.rowCount(), reader.rowCount());
                    TableAssert.assertSameRows(table, stream);
                }
            }
        }

        @Test
        void sourceAndItsRowsHaveAPlace() {
            Table table = narrowed(RandomTables.seeded(30)).table(3, 5, 5);
            RowSource source = sourceOf(table);
            assertFalse(source.description().isBlank());
            try (RowStream stream = source.open(ReadOptions.ALL)) {
                assertTrue(stream.next().isPresent());
                assertFalse(stream.place(0).isBlank());
                assertFalse(stream.place(4).equals(stream.place(0)));
            }
        }
    }

    // Helpers of the facts

    private static void assertReads(Table expected, RowSource source, ReadOptions options) {
        try (RowStream stream = source.open(options)) {
            TableAssert.assertSameRows(expected, stream);
        }
    }
}
