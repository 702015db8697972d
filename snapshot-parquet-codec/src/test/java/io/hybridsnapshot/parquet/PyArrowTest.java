package io.hybridsnapshot.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Reads this codec's files with pyarrow, and pyarrow's files with this codec. Skipped if {@link Python} neither finds
 * nor creates a Python that has it.
 */
class PyArrowTest {
    @TempDir
    private Path directory;

    @BeforeAll
    static void needsPyArrow() throws IOException, InterruptedException {
        assumeTrue(
                Python.find().isPresent(),
                "no Python with pyarrow and Polars, and none could be made: what they see in our files is not"
                        + " tested here");
    }

    @Test
    void everyTypeIsReadAsWhatItIs() throws IOException, InterruptedException {
        Path file = directory.resolve("t.parquet");
        Schema schema = Tables.everyType();
        Tables.write(
                file,
                ParquetSettings.defaults(),
                schema,
                List.of(Tables.rows(schema, new Random(1), 0, 5_000, 0.2, Tables.Spread.MIXED)));
        List<String> expected = new ArrayList<>();
        expected.add("id int64");
        for (ColumnType type : Tables.TYPES) {
            String unit = type.precision() <= 6 ? "us" : "ns";
            expected.add("c " + type + " "
                    + switch (type.kind()) {
                        case BOOLEAN -> "bool";
                        case INT8 -> "int8";
                        case INT16 -> "int16";
                        case INT32 -> "int32";
                        case INT64 -> "int64";
                        case DECIMAL -> "decimal128(" + type.precision() + ", " + type.scale() + ")";
                        case FLOAT32 -> "float";
                        case FLOAT64 -> "double";
                        case TEXT -> "string";
                        case BINARY -> "binary";
                        case DATE -> "date32[day]";
                        case TIME -> "time64[" + unit + "]";
                        case TIMESTAMP -> "timestamp[" + unit + "]";
                        case INSTANT -> "timestamp[" + unit + ", tz=UTC]";
                        case UUID -> "extension<arrow.uuid>";
                    });
        }
        String types = python("""
                import sys, pyarrow.parquet as pq
                t = pq.ParquetFile(sys.argv[1], page_checksum_verification=True).read()
                t.validate(full=True)
                for f in t.schema: print(f.name, f.type)
                """, file.toString());
        assertEquals(expected, types.lines().toList());
    }

    @Test
    void everyValueIsTheSame() throws IOException, InterruptedException {
        Path file = directory.resolve("t.parquet");
        Schema schema = Schema.of(
                new Column("id", ColumnType.INT64),
                new Column("i", ColumnType.INT32),
                new Column("d", ColumnType.decimal(38, 6)),
                new Column("s", ColumnType.TEXT),
                new Column("b", ColumnType.BINARY),
                new Column("ts", ColumnType.timestamp(6)),
                new Column("t", ColumnType.time(9)),
                new Column("flag", ColumnType.BOOLEAN));
        RowBatch rows = Tables.rows(schema, new Random(5), 0, 6_000, 0.25, Tables.Spread.MIXED);
        Tables.write(file, ParquetSettings.defaults(), schema, List.of(rows));
        String theirs = python("""
                import sys, pyarrow as pa, pyarrow.parquet as pq, decimal
                decimal.getcontext().prec = 60
                t = pq.read_table(sys.argv[1], page_checksum_verification=True)
                c = [t['id'].to_pylist(), t['i'].to_pylist(), t['d'].to_pylist(), t['s'].to_pylist(), \
                t['b'].to_pylist(),
                     t['ts'].cast(pa.int64()).to_pylist(), t['t'].cast(pa.int64()).to_pylist(), t['flag'].to_pylist()]
                show = [str, str, lambda v: str(int(v.scaleb(6))), lambda v: v.encode().hex(), lambda v: v.hex(),
                        lambda v: f'{v // 1000000}.{v % 1000000 * 1000}', str, lambda v: str(v).lower()]
                for row in zip(*c):
                    print(''.join(('NULL' if v is None else f(v)) + '|' for v, f in zip(row, show)))
                """, file.toString());
        String replaced = HexFormat.of().formatHex("\uFFFD".getBytes(StandardCharsets.UTF_8));
        List<String> expected = new ArrayList<>();
        for (int row = 0; row < rows.rowCount(); row++) {
            StringBuilder text = new StringBuilder();
            for (int c = 0; c < schema.size(); c++) {
                String cell = c == 3 && !rows.vector(c).isNull(row)
                        // A lone surrogate's three bytes start with ED and A0 to BF; no other text of the tables has
                        // such.
                        ? HexFormat.of()
                                .formatHex(((BytesVector) rows.vector(c)).bytes(row))
                                .replaceAll("ed[ab][0-9a-f]{3}", replaced)
                        : c == 4 && !rows.vector(c).isNull(row)
                                ? HexFormat.of().formatHex(((BytesVector) rows.vector(c)).bytes(row))
                                : Tables.cell(rows.vector(c), row);
                text.append(cell).append('|');
            }
            expected.add(text.toString());
        }
        assertEquals(expected, theirs.lines().toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compression='zstd'",
                "compression='snappy', data_page_version='2.0'",
                "compression='gzip', use_dictionary=False, data_page_size=5000",
                "compression='none', use_dictionary=False, data_page_version='2.0', write_page_checksum=True",
                "compression='lz4', row_group_size=3000",
                "compression='zstd', use_dictionary=False, column_encoding={'id': 'DELTA_BINARY_PACKED', 's':"
                        + " 'DELTA_BYTE_ARRAY', 'f': 'BYTE_STREAM_SPLIT', 'x': 'BYTE_STREAM_SPLIT', 'b':"
                        + " 'DELTA_LENGTH_BYTE_ARRAY', 'flag': 'RLE', 'day': 'DELTA_BINARY_PACKED'},"
                        + " data_page_version='2.0'",
                "compression='snappy', use_deprecated_int96_timestamps=True, version='1.0'",
                "compression='zstd', store_decimal_as_integer=True"
            })
    void whatPyArrowWritesIsRead(String options) throws IOException, InterruptedException {
        Path file = directory.resolve("t.parquet");
        python("""
                import sys, pyarrow as pa, pyarrow.parquet as pq, datetime as dt, decimal
                n = 10000
                k = range(n)
                t = pa.table({
                    'id': pa.array(k, pa.int64()),
                    's': pa.array([None if i % 3 == 0 else 'tëxt %d' % (i % 50 if i % 2 else i) for i in k]),
                    'b': pa.array([None if i % 5 == 0 else b'x' * (i % 9) for i in k], pa.binary()),
                    'f': pa.array([i / 7 for i in k], pa.float64()),
                    'x': pa.array([i / 7 for i in k], pa.float32()),
                    'flag': pa.array([None if i % 11 == 0 else i % 2 == 0 for i in k]),
                    'day': pa.array([dt.date(2000, 1, 1) + dt.timedelta(i) for i in k]),
                    'ts': pa.array([dt.datetime(1960, 1, 1, 0, 0, 0, 123456) + dt.timedelta(hours=i) for i in k], \
                    pa.timestamp('us')),
                    'p': pa.array([decimal.Decimal(i).scaleb(-2) for i in k], pa.decimal128(12, 2)),
                    'none': pa.nulls(n),
                })
                pq.write_table(t, sys.argv[1], OPTIONS)
                """.replace("OPTIONS", options), file.toString());
        try (RowStream stream = new ParquetRowSource(file).open(ReadOptions.ALL)) {
            List<String> rows = Tables.texts(Tables.drain(stream));
            assertEquals(10_000, rows.size());
            for (int i = 0; i < rows.size(); i++) {
                String text = i % 3 == 0 ? "NULL" : hex("tëxt " + (i % 2 == 0 ? i : i % 50));
                long second = -315_619_200L + i * 3_600L;
                String expected = i + "|" + text + "|" + (i % 5 == 0 ? "NULL" : hex("x".repeat(i % 9))) + "|"
                        + Long.toHexString(Double.doubleToRawLongBits(i / 7.0)) + "|"
                        + Long.toHexString(Double.doubleToRawLongBits((float) (i / 7.0))) + "|"
                        + (i % 11 == 0 ? "NULL" : Boolean.toString(i % 2 == 0)) + "|" + (10_957 + i) + "|" + second
                        + ".123456000|" + i + "|NULL|";
                assertEquals(expected, rows.get(i), options);
            }
        }
    }

    @Test
    void notesThatPyArrowCopiedIntoAnotherFileAreNotApplied() throws IOException, InterruptedException {
        Schema schema = Schema.of(new Column("id", ColumnType.INT64), new Column("text", ColumnType.TEXT));
        BytesVector texts = new BytesVector(3);
        texts.append("lone \uD800");
        texts.append("first");
        texts.append("second");
        LongVector ids = new LongVector(3);
        ids.append(0);
        ids.append(1);
        ids.append(2);
        Path file = directory.resolve("t.parquet");
        Path copy = directory.resolve("copy.parquet");
        Tables.write(file, ParquetSettings.defaults(), schema, List.of(new RowBatch(schema, List.of(ids, texts))));
        String keys = python("""
                import sys, pyarrow.parquet as pq
                t = pq.read_table(sys.argv[1])
                pq.write_table(t.slice(1), sys.argv[2])
                print(sorted(k.decode() for k in pq.ParquetFile(sys.argv[2]).metadata.metadata if b'hybrid' in k))
                """, file.toString(), copy.toString());
        assertTrue(keys.contains("hybridsnapshot.exact"), keys);
        try (RowStream stream = new ParquetRowSource(copy).open(ReadOptions.ALL)) {
            assertEquals(
                    List.of("1|" + hex("first") + "|", "2|" + hex("second") + "|"), Tables.texts(Tables.drain(stream)));
        }
    }

    @Test
    void aHalfFloatIsRefusedByNameAndType() throws IOException, InterruptedException {
        Path file = directory.resolve("t.parquet");
        python("""
                import sys, numpy, pyarrow as pa, pyarrow.parquet as pq
                pq.write_table(pa.table({'half': pa.array(numpy.array([1.5], dtype=numpy.float16))}), sys.argv[1])
                """, file.toString());
        SnapshotException refused =
                assertThrows(SnapshotException.class, () -> new ParquetRowSource(file).open(ReadOptions.ALL));
        assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
        assertTrue(
                refused.getMessage().contains("'half'") && refused.getMessage().contains("FLOAT16"),
                refused.getMessage());
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private String python(String program, String... arguments) throws IOException, InterruptedException {
        return Python.run(directory, program, arguments);
    }
}
