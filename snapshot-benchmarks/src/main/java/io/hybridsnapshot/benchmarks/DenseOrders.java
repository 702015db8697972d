package io.hybridsnapshot.benchmarks;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.samples.OrdersMaker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Orders whose cells are filled up: about 35 % of the texts and quantities are NULL, a text has 30 to 60 characters,
 * and its column holds 3 to all-different values. A cell depends on the order's own cell, its key and its column alone,
 * so that a day differs from the day before where the orders do. Immutable and thread-safe.
 */
final class DenseOrders implements RowSource {
    /** Distinct endings of the texts of a column, by the column's position modulo their number; 0: each row its own. */
    private static final int[] CARDINALITIES = {3, 40, 300, 2_000, 10_000, 0};

    private static final int NULL_PERCENT = 35;
    private static final int SHORTEST_TEXT = 30;
    private static final int TEXT_LENGTHS = 31;
    private static final int MOST_BYTES = 512;
    private static final byte[][] WORDS = words();

    private final OrdersMaker orders;

    /** The orders of this maker, filled up. */
    DenseOrders(OrdersMaker orders) {
        this.orders = orders;
    }

    @Override
    public String description() {
        return "dense " + orders.description();
    }

    /** {@inheritDoc} The key column has to be among the columns. */
    @Override
    public RowStream open(ReadOptions options) {
        return new Filled(orders.open(options));
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static byte[][] words() {
        String[] starts = {
            "ba", "co", "de", "fla", "gri", "ha", "jo", "kel", "lu", "mar", "no", "pri", "ros", "sta", "tru", "vel"
        };
        String[] middles = {"", "ri", "mo", "lan", "te", "sku", "wa", "vi"};
        String[] ends = {"n", "x", "rd", "ly", "ton", "é", "", "ss"};
        List<byte[]> words = new ArrayList<>();
        for (String start : starts) {
            for (String middle : middles) {
                for (String end : ends) {
                    words.add((start + middle + end).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return words.toArray(new byte[0][]);
    }

    /** The orders' stream with every batch filled up. */
    private static final class Filled implements RowStream {
        private final RowStream inner;
        private final byte[] text = new byte[MOST_BYTES];

        Filled(RowStream inner) {
            this.inner = inner;
        }

        @Override
        public Schema schema() {
            return inner.schema();
        }

        @Override
        public Optional<RowBatch> next() {
            return inner.next().map(this::fill);
        }

        private RowBatch fill(RowBatch batch) {
            UuidVector keys = (UuidVector) batch.vector(schema().indexOf("record_uuid"));
            List<ColumnVector> vectors = new ArrayList<>();
            for (int column = 0; column < schema().size(); column++) {
                ColumnVector vector = batch.vector(column);
                if (vector instanceof BytesVector texts) {
                    vectors.add(texts(texts, keys, column));
                } else if (schema().column(column).type().kind().isInteger()) {
                    vectors.add(quantities((LongVector) vector, keys, column));
                } else {
                    vectors.add(vector);
                }
            }
            return new RowBatch(schema(), vectors);
        }

        private BytesVector texts(BytesVector orders, UuidVector keys, int column) {
            BytesVector filled = new BytesVector(orders.size());
            int cardinality = CARDINALITIES[column % CARDINALITIES.length];
            for (int row = 0; row < orders.size(); row++) {
                long random = random(keys, row, column);
                if (isNull(random)) {
                    filled.appendNull();
                    continue;
                }
                long ending = random >>> 8;
                if (cardinality > 0) {
                    ending = mix(ending % cardinality + 31L * column);
                }
                int length = 0;
                if (!orders.isNull(row) && orders.length(row) < MOST_BYTES / 2) {
                    length = orders.length(row);
                    System.arraycopy(orders.data(), orders.start(row), text, 0, length);
                }
                int wanted = SHORTEST_TEXT + (int) (ending >>> 40) % TEXT_LENGTHS;
                while (length < wanted) {
                    byte[] word = WORDS[(int) (ending & WORDS.length - 1)];
                    text[length++] = ' ';
                    System.arraycopy(word, 0, text, length, word.length);
                    length += word.length;
                    ending = mix(ending);
                }
                filled.append(text, 0, length);
            }
            return filled;
        }

        private static LongVector quantities(LongVector orders, UuidVector keys, int column) {
            LongVector filled = new LongVector(orders.size());
            for (int row = 0; row < orders.size(); row++) {
                long random = random(keys, row, column);
                if (isNull(random)) {
                    filled.appendNull();
                } else {
                    filled.append(orders.isNull(row) ? 6 * ((random >>> 8) % 200) : orders.get(row));
                }
            }
            return filled;
        }

        private static long random(UuidVector keys, int row, int column) {
            return mix(keys.high(row) ^ mix(keys.low(row) + column));
        }

        private static boolean isNull(long random) {
            return (random & 0xFF) * 100 < NULL_PERCENT * 256;
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
