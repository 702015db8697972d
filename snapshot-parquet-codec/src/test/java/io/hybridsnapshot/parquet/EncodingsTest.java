package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which encoding a column gets, and that every reader gets the values back from it. */
class EncodingsTest {
    private static final int ROWS = 100_000;

    /** One column for each encoding that the values suggest. */
    private static final Schema SCHEMA = Schema.of(List.of(
            new Column("ascending", ColumnType.INT64),
            new Column("extremes", ColumnType.INT64),
            new Column("narrow extremes", ColumnType.INT32),
            new Column("few", ColumnType.INT32),
            new Column("unique texts", ColumnType.TEXT),
            new Column("some texts", ColumnType.TEXT),
            new Column("many texts", ColumnType.TEXT),
            new Column("rising", ColumnType.FLOAT64)));

    @TempDir
    Path directory;

    private static List<RowBatch> rows() {
        Random random = new Random(11);
        List<RowBatch> batches = new ArrayList<>();
        for (int first = 0; first < ROWS; first += RowBatch.DEFAULT_ROWS) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(SCHEMA, RowBatch.DEFAULT_ROWS);
            for (int row = first; row < Math.min(first + RowBatch.DEFAULT_ROWS, ROWS); row++) {
                ((LongVector) vectors.get(0)).append(5_000_000_000L + 3L * row);
                long extreme = row % 3 == 0 ? Long.MAX_VALUE - row : row % 3 == 1 ? Long.MIN_VALUE + row : row;
                appendOrNull(vectors.get(1), extreme, random);
                int narrow = row % 3 == 0 ? Integer.MAX_VALUE - row : row % 3 == 1 ? Integer.MIN_VALUE + row : row;
                appendOrNull(vectors.get(2), narrow, random);
                appendOrNull(vectors.get(3), random.nextInt(50), random);
                text(vectors.get(4), letters(row % 1_000 == 0 ? 0 : 1 + random.nextInt(40), random), random);
                text(vectors.get(5), "text " + random.nextInt(300), random);
                text(vectors.get(6), "one of many texts " + random.nextInt(10_000), random);
                ((DoubleVector) vectors.get(7)).append(1_000 + row / 7.0);
            }
            batches.add(new RowBatch(SCHEMA, vectors));
        }
        return batches;
    }

    private static String letters(int length, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static void appendOrNull(ColumnVector vector, long value, Random random) {
        if (random.nextInt(5) == 0) {
            vector.appendNull();
        } else {
            ((LongVector) vector).append(value);
        }
    }

    private static void text(ColumnVector vector, String value, Random random) {
        if (random.nextInt(5) == 0) {
            vector.appendNull();
        } else {
            ((BytesVector) vector).append(value);
        }
    }

    private Path write(ParquetSettings settings, List<RowBatch> batches) {
        Path file = directory.resolve(settings.compression() + "-" + settings.compatibility() + ".parquet");
        Tables.write(file, settings, SCHEMA, batches);
        return file;
    }

    private static Map<String, String> encodings(Path file) throws SQLException {
        Map<String, String> encodings = new TreeMap<>();
        for (List<String> row :
                query("select distinct path_in_schema, encodings from parquet_metadata('" + file + "')", 2)) {
            encodings.merge(row.get(0), row.get(1), (a, b) -> a + "; " + b);
        }
        return encodings;
    }

    private static List<List<String>> query(String sql, int columns) throws SQLException {
        List<List<String>> answer = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(rows.getString(column)));
                }
                answer.add(row);
            }
        }
        return answer;
    }

    private static List<String> readBack(Path file) {
        try (RowStream rows = new ParquetRowSource(file).open(ReadOptions.ALL)) {
            return Tables.texts(Tables.drain(rows));
        }
    }

    @Test
    void columnsGetTheEncodingThatTheirValuesSuggest() throws SQLException {
        List<RowBatch> batches = rows();

        Path file = write(ParquetSettings.defaults(), batches);

        Map<String, String> encodings = encodings(file);
        for (String column : List.of("ascending", "extremes", "narrow extremes")) {
            assertTrue(encodings.get(column).contains("DELTA_BINARY_PACKED"), encodings.toString());
        }
        for (String column : List.of("few", "some texts", "many texts")) {
            assertTrue(encodings.get(column).contains("RLE_DICTIONARY"), encodings.toString());
        }
        assertTrue(encodings.get("unique texts").contains("DELTA_LENGTH_BYTE_ARRAY"), encodings.toString());
        assertTrue(encodings.get("rising").contains("BYTE_STREAM_SPLIT"), encodings.toString());
        assertEquals(Tables.texts(batches), readBack(file));
    }

    @Test
    void everyCompressionComesBackInTheseEncodings() {
        List<RowBatch> batches = rows();
        List<String> expected = Tables.texts(batches);
        for (Compression compression : Compression.values()) {
            assertEquals(expected, readBack(write(ParquetSettings.of(compression), batches)), compression.name());
        }
    }

    @Test
    void sparkGetsPlainValuesAndDictionariesAlone() throws SQLException {
        List<RowBatch> batches = rows();

        Path file = write(ParquetSettings.defaults().withCompatibility(Compatibility.SPARK), batches);

        encodings(file)
                .forEach((column, encodings) ->
                        assertTrue(encodings.matches("(PLAIN|RLE|RLE_DICTIONARY|[,; ])*"), column + ": " + encodings));
        assertEquals(Tables.texts(batches), readBack(file));
    }

    @Test
    void duckDbReadsTheSameValues() throws SQLException {
        List<RowBatch> batches = rows();
        Path file = write(ParquetSettings.defaults(), batches);
        Path plain = write(ParquetSettings.defaults().withCompatibility(Compatibility.SPARK), batches);

        String differences = query(
                        "select (select count(*) from (from read_parquet('" + file
                                + "') except all from read_parquet('" + plain + "')))"
                                + " + (select count(*) from (from read_parquet('" + plain
                                + "') except all from read_parquet('" + file + "')))",
                        1)
                .get(0)
                .get(0);

        assertEquals("0", differences);
        assertEquals(
                List.of(List.of(Integer.toString(ROWS))),
                query("select count(*) from read_parquet('" + file + "')", 1));
    }

    @Test
    void pyArrowAndPolarsReadTheSameValues() throws IOException, InterruptedException {
        assumeTrue(Python.find().isPresent(), "no Python with pyarrow and Polars");
        List<RowBatch> batches = rows();
        Path file = write(ParquetSettings.defaults(), batches);
        Path plain = write(ParquetSettings.defaults().withCompatibility(Compatibility.SPARK), batches);

        String answer = Python.run(directory, """
                import sys, pyarrow.parquet as pq, polars as pl
                a, b = (pq.read_table(f, page_checksum_verification=True).replace_schema_metadata() for f in \
                sys.argv[1:])
                print(a.equals(b), a.num_rows, pl.read_parquet(sys.argv[1]).equals(pl.read_parquet(sys.argv[2])))
                """, file.toString(), plain.toString());

        assertEquals("True " + ROWS + " True", answer.trim());
    }

    @Test
    void aFileIsSmallerThanWithoutTheseEncodings() throws IOException {
        List<RowBatch> batches = rows();
        Path file = write(ParquetSettings.defaults(), batches);
        Path plain = write(ParquetSettings.defaults().withCompatibility(Compatibility.SPARK), batches);

        assertTrue(Files.size(file) < 0.9 * Files.size(plain), Files.size(file) + " of " + Files.size(plain));
    }

    @Test
    void packedDifferencesAreReadByTheLibrary() throws IOException {
        Random random = new Random(5);
        for (int count : new int[] {0, 1, 2, 31, 32, 33, 128, 129, 130, 257, 1_000}) {
            for (int bits = 0; bits <= 64; bits++) {
                for (boolean narrow : new boolean[] {true, false}) {
                    long[] numbers = new long[count];
                    for (int i = 0; i < count; i++) {
                        long number = bits == 0 ? 7 : random.nextLong() >> Long.SIZE - bits;
                        numbers[i] = narrow ? (int) number : number;
                    }
                    Bytes out = new Bytes(16);
                    DeltaRuns.write(numbers.clone(), count, narrow, out);
                    if (count == 0) {
                        continue;
                    }
                    DeltaBinaryPackingValuesReader reader = new DeltaBinaryPackingValuesReader();
                    ByteBufferInputStream in =
                            ByteBufferInputStream.wrap(ByteBuffer.wrap(out.array(), 0, out.length()));
                    reader.initFromPage(count, in);
                    for (long number : numbers) {
                        assertEquals(number, narrow ? reader.readInteger() : reader.readLong(), count + " " + bits);
                    }
                    assertEquals(0, in.available(), count + " numbers of " + bits + " bits");
                }
            }
        }
    }
}
