package io.hybridsnapshot.sqlserver.window;

import io.hybridsnapshot.domain.schema.Sha256;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.sqlserver.connection.SqlServerSession;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import org.jooq.Record;

/**
 * The state of a partition's current rows. Foreign statements that add, remove or rehash rows or change their texts
 * change it; one that sets the archive alone does not. It holds no texts: the trigger of the current table takes the
 * number of a row whose text a foreign statement changes. Immutable.
 *
 * @param rows all rows
 * @param strangers rows without a number: those that foreign writers made or changed
 * @param newest the newest {@code snapshot_date}; {@code -} for none
 * @param hashes the sum of a 64-bit digest over identity and row hash of each row
 */
record StateToken(long rows, long strangers, String newest, BigInteger hashes) {
    private static final String NO_DATE = "-";

    /** Reads one narrow index of the partition's rows once. */
    static StateToken of(SqlServerSession session, WindowStatements statements, Partition partition) {
        Record row = session.dsl().fetchSingle(statements.state(partition));
        Long strangers = row.get("strangers", Long.class);
        return new StateToken(
                row.get("rows_there", Long.class),
                strangers == null ? 0 : strangers,
                newest(session, statements, partition),
                sum(row, "hashes"));
    }

    /** The sum of digests in a result; zero if it is over no rows. */
    static BigInteger sum(Record row, String column) {
        BigDecimal sum = row.get(column, BigDecimal.class);
        return sum == null ? BigInteger.ZERO : sum.toBigIntegerExact();
    }

    private static String newest(SqlServerSession session, WindowStatements statements, Partition partition) {
        return session.dsl()
                .fetchOptional(statements.newest(partition))
                .map(row -> row.get("snapshot_date", Instant.class).toString())
                .orElse(NO_DATE);
    }

    /**
     * The state after a publish has replaced rows, all of them with a number.
     *
     * @param count the rows that there are now
     * @param replaced the sum over the rows that changed or went
     * @param brought the sum over the rows that came or changed
     */
    StateToken after(
            SqlServerSession session,
            WindowStatements statements,
            Partition partition,
            long count,
            BigInteger replaced,
            BigInteger brought) {
        return new StateToken(
                count,
                0,
                newest(session, statements, partition),
                hashes.subtract(replaced).add(brought));
    }

    /** Whether a ledger's or a base's text is this state. */
    boolean is(String text) {
        return text().equals(text);
    }

    /** The text of the ledger and of bases. */
    String text() {
        return rows + "/" + strangers + "/" + newest + "/" + hashes;
    }

    /** Adds up the rows of a stream as the server adds up those of the table. Mutable; one thread. */
    static final class Sum {
        private final MessageDigest digest = Sha256.digest();
        private BigInteger total = BigInteger.ZERO;
        private long low;
        private long rows;
        private long strangers;

        /**
         * Adds a row.
         *
         * @param identity the bytes that a UNIQUEIDENTIFIER converts to
         * @param hash the hash as the table has it
         * @param isNumbered whether the row has a number
         */
        void add(byte[] identity, String hash, boolean isNumbered) {
            rows++;
            strangers += isNumbered ? 0 : 1;
            digest.update(identity);
            long next = ByteBuffer.wrap(digest.digest(hash.getBytes(StandardCharsets.UTF_16LE)))
                    .getLong();
            // Into the large number only where the small one would overflow.
            long sum = low + next;
            if (((low ^ sum) & (next ^ sum)) < 0) {
                total = total.add(BigInteger.valueOf(low));
                sum = next;
            }
            low = sum;
        }

        /** Whether these rows are those of a state; its newest date is not compared. */
        boolean isOf(String token) {
            String[] parts = token.split("/", -1);
            return parts.length == 4
                    && parts[0].equals(Long.toString(rows))
                    && parts[1].equals(Long.toString(strangers))
                    && parts[3].equals(total.add(BigInteger.valueOf(low)).toString());
        }

        long rows() {
            return rows;
        }
    }
}
