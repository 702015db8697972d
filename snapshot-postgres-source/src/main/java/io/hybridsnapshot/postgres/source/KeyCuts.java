package io.hybridsnapshot.postgres.source;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.math.BigInteger;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of the ranges of a key. A cut ends one range and begins the next. The first range has no lower bound, the
 * last has no upper bound, and NULL belongs to the first. Each row of the query is therefore in exactly one range.
 * Immutable.
 */
final class KeyCuts {
    private static final long MICROS_A_SECOND = 1_000_000;
    private static final int NANOS_A_MICRO = 1_000;
    private static final int HEX = 16;

    /** Cuts of dates lie within these years; dates outside belong to the first and the last range. */
    private static final String FIRST_DAY = "0001-01-01";

    private static final String LAST_DAY = "9999-12-31";

    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

    private final SourceColumn key;
    private final String name;

    /**
     * Cuts of a key.
     *
     * @param name the key's name as SQL quotes it
     * @throws SnapshotException INVALID_REQUEST if the key has no ranges of equal width; the error names the column
     */
    KeyCuts(SourceColumn key, String name, PostgresRowSource source) {
        this.key = key;
        this.name = name;
        switch (key.form()) {
            case INT2, INT4, INT8, NUMERIC, WIDE_NUMERIC, DATE, TIMESTAMP, UUID -> {
                // These have a place on a line.
            }
            default ->
                throw source.wrongColumn("a source cannot be split by this column", key.name())
                        .actual(key.column().type())
                        .expected("an integer, a numeric, a date, a timestamp, a timestamptz or a uuid")
                        .nextStep("split by another column, or read the source in one piece")
                        .build();
        }
    }

    /**
     * A statement that returns one row of two texts: the positions of the least and the greatest value on the number
     * line of the type, NULL if there is no value.
     *
     * @param query the query without a semicolon
     */
    String edges(String query) {
        String rows = " FROM (" + query + "\n) AS source";
        if (key.form() == SourceColumn.Form.UUID) {
            // Older servers have no least and greatest UUID.
            String one = "SELECT " + name + "::text" + rows + " WHERE " + name + " IS NOT NULL ORDER BY " + name;
            return "SELECT (" + one + " LIMIT 1), (" + one + " DESC LIMIT 1)";
        }
        return "SELECT " + position("min(" + name + ")") + ", " + position("max(" + name + ")") + rows;
    }

    /** The position of a value as a text. Infinite values count as the first and the last that a cut may have. */
    private String position(String value) {
        return switch (key.form()) {
            case NUMERIC, WIDE_NUMERIC -> "floor(least(greatest(" + value + ", -1e38), 1e38))::text";
            case DATE ->
                "(least(greatest(" + value + ", date '" + FIRST_DAY + "'), date '" + LAST_DAY
                        + "') - date '1970-01-01')::text";
            case TIMESTAMP -> {
                String type = type();
                yield "(extract(epoch FROM least(greatest(" + value + ", " + type + " '" + FIRST_DAY + "'), " + type
                        + " '" + LAST_DAY + "')) * " + MICROS_A_SECOND + ")::bigint::text";
            }
            default -> value + "::text";
        };
    }

    /**
     * The conditions of the ranges, in ascending order of the key. One empty condition if there are no cuts.
     *
     * @param least the position of the least value; null if there is none
     * @param greatest the position of the greatest value; null if there is none
     */
    List<Optional<String>> conditions(@Nullable String least, @Nullable String greatest, int ranges) {
        List<String> cuts =
                least == null || greatest == null ? List.of() : cuts(number(least), number(greatest), ranges);
        if (cuts.isEmpty()) {
            return List.of(Optional.empty());
        }
        List<Optional<String>> conditions = new ArrayList<>();
        conditions.add(Optional.of("(" + name + " < " + cuts.get(0) + " OR " + name + " IS NULL)"));
        for (int i = 1; i < cuts.size(); i++) {
            conditions.add(Optional.of(name + " >= " + cuts.get(i - 1) + " AND " + name + " < " + cuts.get(i)));
        }
        conditions.add(Optional.of(name + " >= " + cuts.get(cuts.size() - 1)));
        return conditions;
    }

    private BigInteger number(String position) {
        return key.form() == SourceColumn.Form.UUID
                ? new BigInteger(position.replace("-", ""), HEX)
                : new BigInteger(position);
    }

    /** The first values of all ranges but the first. Fewer if the ranges would be narrower than the type's unit. */
    private List<String> cuts(BigInteger least, BigInteger greatest, int ranges) {
        BigInteger width = greatest.subtract(least).add(BigInteger.ONE);
        Set<String> cuts = new LinkedHashSet<>();
        for (int i = 1; i < ranges; i++) {
            BigInteger offset = width.multiply(BigInteger.valueOf(i)).divide(BigInteger.valueOf(ranges));
            if (offset.signum() > 0) {
                cuts.add(literal(least.add(offset)));
            }
        }
        return List.copyOf(cuts);
    }

    /** A position as SQL of a type that an index on the key can be searched for. */
    private String literal(BigInteger position) {
        String text = switch (key.form()) {
            case DATE -> LocalDate.ofEpochDay(position.longValueExact()).toString();
            case TIMESTAMP -> {
                long micros = position.longValueExact();
                LocalDateTime time = LocalDateTime.ofEpochSecond(
                        Math.floorDiv(micros, MICROS_A_SECOND),
                        (int) Math.floorMod(micros, MICROS_A_SECOND) * NANOS_A_MICRO,
                        ZoneOffset.UTC);
                yield MOMENT.format(time);
            }
            case UUID -> new UUID(position.shiftRight(Long.SIZE).longValue(), position.longValue()).toString();
            default -> position.toString();
        };
        return type() + " '" + text + "'";
    }

    /** The session's time zone is UTC, so a timestamptz needs no offset. */
    private String type() {
        return switch (key.form()) {
            case NUMERIC, WIDE_NUMERIC -> "numeric";
            case DATE -> "date";
            case TIMESTAMP -> key.column().type().kind() == TypeKind.INSTANT ? "timestamptz" : "timestamp";
            case UUID -> "uuid";
            default -> "bigint";
        };
    }
}
