package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.encryption.EncryptedFiles;
import io.hybridsnapshot.encryption.EncryptingSnapshotCodec;
import io.hybridsnapshot.encryption.EncryptionKeys;
import io.hybridsnapshot.parquet.ParquetSnapshotCodec;
import io.hybridsnapshot.samples.OrdersMaker;
import io.hybridsnapshot.samples.OrdersSpec;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.data.TableAssert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of 268 columns in encrypted Parquet files: what a few columns cost, and what the encryption does. */
class EncryptedParquetTest {
    private static final EncryptionKeys KEYS = EncryptionKeys.generate();
    private static final SnapshotCodec PLAIN = new ParquetSnapshotCodec();
    private static final SnapshotCodec ENCRYPTED = new EncryptingSnapshotCodec(PLAIN, () -> KEYS);

    @TempDir
    Path directory;

    private WrittenFile write(SnapshotCodec codec, long rows, String name) {
        try (RowStream orders = new OrdersMaker(OrdersSpec.of(1, rows)).open(ReadOptions.ALL);
                SnapshotWriter writer = codec.openWriter(directory.resolve(name), orders.schema(), Map.of())) {
            for (Optional<RowBatch> next = orders.next(); next.isPresent(); next = orders.next()) {
                writer.append(next.get());
            }
            return writer.finish();
        }
    }

    private static Table read(SnapshotCodec codec, SeekableBytes bytes, List<String> columns) {
        try (SnapshotReader reader = codec.openReader(bytes);
                RowStream rows = reader.rows(ReadOptions.ALL.withColumns(columns))) {
            return Table.read(rows);
        }
    }

    @Test
    void threeColumnsOf268FetchFewBytes() {
        List<String> columns = List.of("AAG ORDER NUMBER", "CUSTOMER NAME", "TOTAL QTY");
        WrittenFile plain = write(PLAIN, 40_000, "plain");
        WrittenFile encrypted = write(ENCRYPTED, 40_000, "encrypted");
        CountingBytes ofPlain = new CountingBytes(FileBytes.open(plain.file()));
        CountingBytes ofEncrypted = new CountingBytes(FileBytes.open(encrypted.file()));
        Table expected = read(PLAIN, ofPlain, columns);
        TableAssert.assertSameRows(expected, read(ENCRYPTED, ofEncrypted, columns));
        System.out.printf(
                "3 of 268 columns: %,d of %,d bytes in %d reads; encrypted %,d of %,d bytes in %d reads%n",
                ofPlain.fetched, plain.size(), ofPlain.reads, ofEncrypted.fetched, encrypted.size(), ofEncrypted.reads);
        // Two segments of 16 KiB more a range at the most: the end of the file, the footer, three columns.
        assertTrue(ofEncrypted.fetched <= ofPlain.fetched + 10 * (16 << 10), () -> "fetched " + ofEncrypted.fetched);
        assertTrue(ofEncrypted.fetched < encrypted.size() / 8, () -> "fetched " + ofEncrypted.fetched);
        assertTrue(ofEncrypted.reads <= ofPlain.reads + 3, () -> ofEncrypted.reads + " reads");
    }

    @Test
    void decryptedFileIsThePlainOneByteForByte() throws IOException {
        WrittenFile plain = write(PLAIN, 300, "plain");
        WrittenFile encrypted = write(ENCRYPTED, 300, "encrypted");
        assertEquals(plain.rowCount(), encrypted.rowCount());
        assertEquals(plain.uncompressedSize(), encrypted.uncompressedSize());
        assertTrue(encrypted.size() > plain.size() && encrypted.size() < plain.size() * 1.002 + 100);
        try (SeekableBytes bytes = EncryptedFiles.open(FileBytes.open(encrypted.file()), () -> KEYS)) {
            byte[] decrypted = new byte[(int) bytes.length()];
            bytes.read(0, decrypted, 0, decrypted.length);
            assertArrayEquals(Files.readAllBytes(plain.file()), decrypted);
        }
    }

    @Test
    void encryptionCostsLittleBesideTheWriting() {
        Duration plain = Duration.ofDays(1);
        Duration encrypted = Duration.ofDays(1);
        for (int i = 0; i < 3; i++) {
            plain = shorter(plain, time(PLAIN));
            encrypted = shorter(encrypted, time(ENCRYPTED));
        }
        double ratio = (double) encrypted.toNanos() / plain.toNanos();
        System.out.printf(
                "20,000 orders to Parquet: %d ms, encrypted %d ms, ratio %.2f%n",
                plain.toMillis(), encrypted.toMillis(), ratio);
        assertTrue(ratio < 3, () -> "ratio " + ratio);
    }

    private Duration time(SnapshotCodec codec) {
        long start = System.nanoTime();
        write(codec, 20_000, "timed");
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Counts what is fetched. */
    private static final class CountingBytes implements SeekableBytes {
        private final SeekableBytes inner;
        private long fetched;
        private int reads;

        CountingBytes(SeekableBytes inner) {
            this.inner = inner;
        }

        @Override
        public long length() {
            return inner.length();
        }

        @Override
        public void read(long position, byte[] target, int offset, int length) {
            fetched += length;
            reads++;
            inner.read(position, target, offset, length);
        }

        @Override
        public String description() {
            return inner.description();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
