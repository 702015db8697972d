package io.hybridsnapshot.sqlserver.source;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.LongVector;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * The bounds of the ranges of a key. A cut ends one range and begins the next. The first range has no lower bound, the
 * last has no upper bound, and NULL belongs to the first. Each value of the key is therefore in exactly one range,
 * provided that the server finds the cuts ascending; {@link #checks} asks the server. Immutable.
 */
final class KeyCuts {
    private static final int UUID_BYTES = 16;
    private static final long TICKS_A_SECOND = 10_000_000;
    private static final int NANOS_A_TICK = 100;

    /**
     * The bytes of a UUID's text in the order in which SQL Server compares them, the most important first: the node,
     * the clock sequence, and then the first three groups from the last to the first, each as it is stored,
     * little-endian.
     */
    private static final int[] GUID_ORDER = {10, 11, 12, 13, 14, 15, 8, 9, 7, 6, 5, 4, 3, 2, 1, 0};

    /** The number of cuts that one check compares, so that its statement stays small. */
    private static final int CUTS_A_CHECK = 250;

    private final SourceColumn key;
    private final List<String> cuts;

    private KeyCuts(SourceColumn key, List<String> cuts) {
        this.key = key;
        this.cuts = cuts;
    }

    /**
     * Refuses a key without ranges of equal width.
     *
     * @throws SnapshotException INVALID_REQUEST naming the column
     */
    static void requireKey(SourceColumn key, String description) {
        switch (key.form()) {
            case INTEGER, BIGINT, DATE, DATETIME, SMALLDATETIME, DATETIME2, GUID -> {
                // These have a place on a line.
            }
            default ->
                throw SnapshotException.invalidRequest("a source cannot be split by this column")
                        .where(description + ", column '" + key.name() + "'")
                        .actual(key.serverType())
                        .expected("an integer, a date, a datetime, smalldatetime or datetime2, or a uniqueidentifier")
                        .nextStep("split by another column, or read the source in one piece")
                        .build();
        }
    }

    /**
     * Cuts a key into ranges of equal width.
     *
     * @param edges the vectors of the least and the greatest value, one row each; NULL if the source is empty or holds
     *     NULL only
     */
    static KeyCuts of(SourceColumn key, List<ColumnVector> edges, int ranges) {
        List<String> cuts = edges.get(0).isNull(0)
                ? List.of()
                : cuts(key, position(key, edges.get(0)), position(key, edges.get(1)), ranges);
        return new KeyCuts(key, cuts);
    }

    /** The conditions of the ranges, in ascending order of the key. One empty condition if there are no cuts. */
    List<Optional<String>> conditions() {
        if (cuts.isEmpty()) {
            return List.of(Optional.empty());
        }
        String name = key.quotedName();
        List<Optional<String>> conditions = new ArrayList<>();
        conditions.add(Optional.of("(" + name + " < " + cuts.get(0) + " OR " + name + " IS NULL)"));
        for (int i = 1; i < cuts.size(); i++) {
            conditions.add(Optional.of(name + " >= " + cuts.get(i - 1) + " AND " + name + " < " + cuts.get(i)));
        }
        conditions.add(Optional.of(name + " >= " + cuts.get(cuts.size() - 1)));
        return conditions;
    }

    /** Statements that return a row if the server orders the cuts as this class does. */
    List<String> checks() {
        List<String> checks = new ArrayList<>();
        for (int from = 0; from < cuts.size() - 1; from += CUTS_A_CHECK) {
            StringJoiner ascending = new StringJoiner(" AND ");
            for (int i = from; i < Math.min(cuts.size() - 1, from + CUTS_A_CHECK); i++) {
                ascending.add(cuts.get(i) + " < " + cuts.get(i + 1));
            }
            checks.add("SELECT 1 WHERE " + ascending);
        }
        return checks;
    }

    /**
     * The first values of all ranges but the first, as T-SQL. The list is shorter if the ranges would be narrower than
     * the type's unit.
     */
    private static List<String> cuts(SourceColumn key, BigInteger least, BigInteger greatest, int ranges) {
        BigInteger width = greatest.subtract(least).add(BigInteger.ONE);
        String first = literal(key, least);
        Set<String> cuts = new LinkedHashSet<>();
        for (int i = 1; i < ranges; i++) {
            BigInteger offset = width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(ranges));
            cuts.add(literal(key, least.add(offset)));
        }
        cuts.remove(first);
        return List.copyOf(cuts);
    }

    /** The position of a value on its type's number line. */
    private static BigInteger position(SourceColumn key, ColumnVector vector) {
        if (vector instanceof LongVector longs) {
            return BigInteger.valueOf(longs.get(0));
        } else if (vector instanceof TimestampVector times) {
            return BigInteger.valueOf(times.epochSecond(0))
                    .multiply(BigInteger.valueOf(TICKS_A_SECOND))
                    .add(BigInteger.valueOf(times.nanoOfSecond(0) / NANOS_A_TICK));
        } else if (vector instanceof UuidVector uuids) {
            byte[] compared = new byte[UUID_BYTES];
            for (int i = 0; i < UUID_BYTES; i++) {
                int at = GUID_ORDER[i];
                long word = at < Long.BYTES ? uuids.high(0) : uuids.low(0);
                compared[i] = (byte) (word >>> Byte.SIZE * (Long.BYTES - 1 - at % Long.BYTES));
            }
            return new BigInteger(1, compared);
        }
        throw new IllegalStateException("no line for " + key.serverType());
    }

    /**
     * A position on the number line as T-SQL of the column's own type, so that an index can be used. The position is
     * rounded down to the type's unit.
     */
    private static String literal(SourceColumn key, BigInteger position) {
        String text = switch (key.form()) {
            case DATE -> LocalDate.ofEpochDay(position.longValueExact()).toString();
            case DATETIME -> time(position).truncatedTo(ChronoUnit.MILLIS).format(pattern(3));
            case SMALLDATETIME -> time(position).truncatedTo(ChronoUnit.MINUTES).format(pattern(0));
            case DATETIME2 -> time(position).format(pattern(key.type().precision()));
            case GUID -> uuid(position).toString();
            default -> position.toString();
        };
        return "CAST('" + text + "' AS " + key.serverType() + ")";
    }

    private static LocalDateTime time(BigInteger position) {
        long ticks = position.longValueExact();
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(ticks, TICKS_A_SECOND),
                (int) Math.floorMod(ticks, TICKS_A_SECOND) * NANOS_A_TICK,
                ZoneOffset.UTC);
    }

    /** ISO 8601 with T, which no DATEFORMAT turns around; digits of the second beyond the type's are cut off. */
    private static DateTimeFormatter pattern(int digits) {
        return DateTimeFormatter.ofPattern(
                "yyyy-MM-dd'T'HH:mm:ss" + (digits == 0 ? "" : "." + "S".repeat(digits)), Locale.ROOT);
    }

    private static UUID uuid(BigInteger position) {
        byte[] compared = position.toByteArray();
        long[] words = new long[2];
        for (int i = 0; i < UUID_BYTES; i++) {
            int from = compared.length - UUID_BYTES + i;
            long value = from < 0 ? 0 : compared[from] & 0xFF;
            int at = GUID_ORDER[i];
            words[at / Long.BYTES] |= value << Byte.SIZE * (Long.BYTES - 1 - at % Long.BYTES);
        }
        return new UUID(words[0], words[1]);
    }
}
