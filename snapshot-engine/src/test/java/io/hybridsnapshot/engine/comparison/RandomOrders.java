package io.hybridsnapshot.engine.comparison;

import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.TypeKind;
import io.hybridsnapshot.engine.Cells;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A table of random cells, a second table made from it by random changes of rows and columns, and their naive view, a
 * map of maps.
 */
final class RandomOrders {
    /** The types that a column may have; those of one list hash alike where they are of one kind of number. */
    private static final Map<String, List<ColumnType>> POOL = pool();

    private static final List<String> TEXTS = List.of("", " ", "a", "A", "ä", "a ", "NULL", "0", "長い", "x\ny");
    private static final List<Double> FLOATS = List.of(
            0.0, -0.0, 0.5, -1.25, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1e30, 0x1p-140);

    private final Random random;
    private final Map<String, ColumnType> columns = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> rows = new TreeMap<>();
    private final List<String> order = new ArrayList<>();

    private RandomOrders(Random random) {
        this.random = random;
    }

    private static Map<String, List<ColumnType>> pool() {
        Map<String, List<ColumnType>> pool = new LinkedHashMap<>();
        pool.put("NAME", List.of(ColumnType.TEXT));
        pool.put("QTY", List.of(ColumnType.INT32, ColumnType.INT64, ColumnType.TEXT));
        pool.put(
                "PRICE",
                List.of(ColumnType.decimal(10, 2), ColumnType.decimal(30, 4), ColumnType.INT64, ColumnType.TEXT));
        pool.put("WEIGHT", List.of(ColumnType.FLOAT64, ColumnType.FLOAT32, ColumnType.decimal(10, 2)));
        pool.put("NOTE", List.of(ColumnType.TEXT));
        pool.put("DAY", List.of(ColumnType.DATE, ColumnType.TEXT));
        pool.put("EMPTY", List.of(ColumnType.INT16));
        return pool;
    }

    /** A table with this number of rows. */
    static RandomOrders of(Random random, int rows) {
        RandomOrders orders = new RandomOrders(random);
        orders.columns.put("K", ColumnType.TEXT);
        POOL.forEach((name, types) -> {
            if (random.nextInt(5) > 0) {
                orders.columns.put(name, types.get(random.nextInt(types.size())));
            }
        });
        for (int i = 0; i < rows; i++) {
            orders.add("k" + i);
        }
        orders.shuffle();
        return orders;
    }

    /**
     * A second table with some rows and cells changed, some rows gone and some new. With drift, it also has other
     * columns and types.
     */
    RandomOrders changed(boolean drift) {
        RandomOrders later = new RandomOrders(random);
        columns.forEach((name, type) -> {
            boolean stays = !drift || name.equals("K") || random.nextInt(5) > 0;
            if (stays) {
                List<ColumnType> types = POOL.getOrDefault(name, List.of(type));
                boolean retyped = drift && random.nextInt(2) == 0;
                later.columns.put(name, retyped ? types.get(random.nextInt(types.size())) : type);
            }
        });
        if (drift) {
            POOL.forEach((name, types) -> {
                if (!columns.containsKey(name) && random.nextBoolean()) {
                    later.columns.put(name, types.get(random.nextInt(types.size())));
                }
            });
        }
        double share = random.nextDouble();
        rows.forEach((key, row) -> {
            if (random.nextInt(8) > 0) {
                later.rows.put(key, later.taken(row, columns, random.nextDouble() < share));
            }
        });
        for (int i = random.nextInt(1 + rows.size() / 4); i >= 0; i--) {
            later.add("n" + i);
        }
        later.shuffle();
        return later;
    }

    private Map<String, Object> taken(Map<String, Object> row, Map<String, ColumnType> earlier, boolean change) {
        Map<String, Object> cells = new LinkedHashMap<>();
        columns.forEach((name, type) -> {
            boolean fits = type.equals(earlier.get(name)) || widened(earlier.get(name), type);
            boolean keeps = fits && !(change && !name.equals("K") && random.nextInt(3) == 0);
            Object cell = row.get(name);
            if (!fits && earlier.containsKey(name) && random.nextInt(4) > 0) {
                cells.put(name, retyped(cell, earlier.get(name), type));
                return;
            }
            if (keeps && cell instanceof Long number && type.equals(ColumnType.decimal(30, 4))) {
                cell = BigDecimal.valueOf(number);
            }
            cells.put(name, keeps ? cell : cell(type));
        });
        return cells;
    }

    /** The cell as an equal one of another type where there is one of that kind, else another cell. */
    private Object retyped(Object cell, ColumnType before, ColumnType after) {
        if (cell == null) {
            return null;
        }
        if (after.equals(ColumnType.TEXT) && !(cell instanceof Double)) {
            return text(before, cell);
        }
        boolean small = cell instanceof Double number && Math.abs(number) < 100;
        if (small && after.equals(ColumnType.decimal(10, 2)) && (double) cell * 100 == Math.rint((double) cell * 100)) {
            return BigDecimal.valueOf((double) cell).setScale(2);
        }
        return cell(after);
    }

    private static String text(ColumnType type, Object cell) {
        if (type.equals(ColumnType.DATE)) {
            return LocalDate.ofEpochDay((long) cell).toString();
        }
        return cell instanceof BigDecimal number ? number.setScale(type.scale()).toPlainString() : cell.toString();
    }

    private static boolean widened(ColumnType before, ColumnType after) {
        return before != null && before.isComparableTo(after) && after.holdsEvery(before);
    }

    private void add(String key) {
        Map<String, Object> row = new LinkedHashMap<>();
        columns.forEach((name, type) -> row.put(name, name.equals("K") ? key : cell(type)));
        rows.put(key, row);
    }

    private void shuffle() {
        order.addAll(rows.keySet());
        Collections.shuffle(order, random);
    }

    private Object cell(ColumnType type) {
        if (random.nextInt(4) == 0 || type.equals(ColumnType.INT16)) {
            return null;
        }
        return switch (type.kind()) {
            case TEXT -> TEXTS.get(random.nextInt(TEXTS.size()));
            case DECIMAL -> BigDecimal.valueOf(random.nextInt(400) - 200, random.nextInt(3));
            case FLOAT32, FLOAT64 ->
                (double) FLOATS.get(random.nextInt(FLOATS.size())).floatValue();
            default -> (long) random.nextInt(5) - 2;
        };
    }

    /** The columns by name. */
    Map<String, ColumnType> columns() {
        return columns;
    }

    /** The table in a random order of its rows. */
    Cells cells() {
        Cells cells = new Cells();
        columns.forEach(cells::column);
        order.forEach(key -> cells.row(rows.get(key).values().toArray()));
        return cells;
    }

    /**
     * The rows by key with these columns alone, cells as {@link #value} gives them for a comparison with another table.
     */
    Map<String, Map<String, Optional<Object>>> view(List<String> names, RandomOrders other) {
        Map<String, Map<String, Optional<Object>>> view = new TreeMap<>();
        rows.forEach((key, row) -> {
            Map<String, Optional<Object>> cells = new TreeMap<>();
            names.forEach(name -> cells.put(
                    name,
                    Optional.ofNullable(row.get(name))
                            .map(cell -> value(cell, columns.get(name), other.columns.get(name)))));
            view.put(key, cells);
        });
        return view;
    }

    /** A cell's value in a form in which cells that count as equal are equal objects, regardless of their types. */
    private static Object value(Object cell, ColumnType own, ColumnType other) {
        if (byText(own, other)) {
            return text(own, cell);
        }
        if (cell instanceof Double number) {
            boolean asNumber = other.kind().isExactNumber() && Double.isFinite(number);
            return asNumber ? number(new BigDecimal(number)) : (Object) (number + 0.0);
        }
        if (cell instanceof Long number) {
            return number(BigDecimal.valueOf(number));
        }
        return cell instanceof BigDecimal number ? number(number) : cell;
    }

    private static boolean byText(ColumnType own, ColumnType other) {
        return (own.kind() == TypeKind.TEXT) != (other.kind() == TypeKind.TEXT);
    }

    private static BigDecimal number(BigDecimal value) {
        return value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    }

    /** The value behind a report's text of one of this table's cells, as {@link #view} holds it. */
    Object value(String column, String text, RandomOrders other) {
        ColumnType type = columns.get(column);
        ColumnType rival = other.columns.get(column);
        if (byText(type, rival)) {
            return text;
        }
        return switch (type.kind()) {
            case TEXT -> text;
            case FLOAT32 -> value(Float.parseFloat(text) + 0.0, type, rival);
            case FLOAT64 -> value(Double.parseDouble(text), type, rival);
            case DATE -> number(BigDecimal.valueOf(LocalDate.parse(text).toEpochDay()));
            default -> number(new BigDecimal(text));
        };
    }
}
