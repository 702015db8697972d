package io.hybridsnapshot.postgres.window;

import static io.hybridsnapshot.postgres.window.WindowTables.BATCH_ID;
import static io.hybridsnapshot.postgres.window.WindowTables.CUSTOMER_FILTER;
import static io.hybridsnapshot.postgres.window.WindowTables.FIRST_NUMBER;
import static io.hybridsnapshot.postgres.window.WindowTables.RECORD_UUID;
import static io.hybridsnapshot.postgres.window.WindowTables.ROW_HASH;
import static io.hybridsnapshot.postgres.window.WindowTables.SNAPSHOT_DATE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;

import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jooq.Field;

/**
 * The state of a partition's current rows. Foreign statements that add, remove or rehash rows or change their texts
 * change it; one that sets the archive alone does not. The hashes are those of the server's version: after an upgrade
 * of the server they may differ, and the next save then stores a whole snapshot. Immutable.
 *
 * @param rows all rows
 * @param strangers rows without a number or a batch id: those of foreign writers
 * @param newest the newest {@code snapshot_date} in seconds since 1970, as PostgreSQL writes it; {@code -} for none
 * @param hashes XOR of a 64-bit hash over identity, row hash and carried texts of each row
 */
record StateToken(long rows, long strangers, String newest, long hashes) {
    private static final String NO_DATE = "-";
    private static final int PARTS = 4;
    private static final int MICRO_DIGITS = 6;
    private static final int NANOS_A_MICRO = 1_000;

    /** Reads all rows of the partition once. */
    static StateToken of(PostgresSession session, WindowTables tables, Partition partition) {
        Field<String> newest = field("extract(epoch from {0})::text", String.class, max(SNAPSHOT_DATE));
        return session.dsl()
                .select(
                        count(),
                        count().filterWhere(FIRST_NUMBER.isNull().or(BATCH_ID.isNull())),
                        newest,
                        hashes(tables, column -> column))
                .from(tables.current())
                .where(CUSTOMER_FILTER.eq(partition.name()))
                .fetchSingle(row -> new StateToken(
                        row.value1(), row.value2(), row.value3() == null ? NO_DATE : row.value3(), row.value4()));
    }

    /**
     * The XOR over rows. A row's hash is made of the hashes of its columns, which takes a third of the server's time
     * for the hash of the row's text form. Each carried column has a seed of its own, so that texts that change places
     * differ. NULL has the hash 0, which the empty text does not have.
     *
     * @param place names a column of the rows' table
     */
    static Field<Long> hashes(WindowTables tables, UnaryOperator<Field<?>> place) {
        Field<Long> texts = inline(0L);
        long seed = 0;
        for (Field<String> column : tables.carried()) {
            seed++;
            texts = field(
                    "{0} # coalesce(hashtextextended({1}, {2}), 0)",
                    Long.class, texts, place.apply(column), inline(seed));
        }
        return field(
                "coalesce(bit_xor(hashtextextended({0}, uuid_hash_extended({1}, {2}))), 0)",
                Long.class, place.apply(ROW_HASH), place.apply(RECORD_UUID), texts);
    }

    /** Reads the text of a ledger; empty if it has another form. */
    static Optional<StateToken> parse(String text) {
        String[] parts = text.split("/", -1);
        return parts.length == PARTS
                ? Optional.of(new StateToken(
                        Long.parseLong(parts[0]), Long.parseLong(parts[1]), parts[2], Long.parseLong(parts[PARTS - 1])))
                : Optional.empty();
    }

    /** A date as the newest one of a state. */
    static BigDecimal seconds(Instant date) {
        // Microseconds since 1970 in one number end before the years that a timestamp of PostgreSQL can hold.
        return BigDecimal.valueOf(date.getEpochSecond())
                .add(BigDecimal.valueOf(date.getNano() / NANOS_A_MICRO, MICRO_DIGITS));
    }

    /** Whether no row is newer than a date. A state with an infinite date is newer than each. */
    boolean isUpTo(Instant date) {
        if (newest.equals(NO_DATE)) {
            return true;
        }
        try {
            return new BigDecimal(newest).compareTo(seconds(date)) <= 0;
        } catch (NumberFormatException infinite) {
            return false;
        }
    }

    /** Whether a ledger's or a base's text is this state. */
    boolean is(String text) {
        return text().equals(text);
    }

    /** The text of the ledger and of bases. */
    String text() {
        return rows + "/" + strangers + "/" + newest + "/" + hashes;
    }
}
