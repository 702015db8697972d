package io.hybridsnapshot.samples;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The preset of the reference table ORDERS_UNIFIED: 268 columns, of which 101 texts, 161 quantities by size, 2 total
 * quantities, 3 dates and the key. Constants only.
 */
public final class OrdersUnified {
    /** The column that identifies a row. */
    public static final String KEY = "record_uuid";

    /** The column that says whose order a row is. */
    public static final String CUSTOMER_NAME = "CUSTOMER NAME";

    /** The customer that examples use. */
    public static final String EXAMPLE_CUSTOMER = "GREYSON";

    /** The columns in the table's order. */
    public static final Schema SCHEMA = readSchema();

    /**
     * The dataset: keyed by {@link #KEY}, partitioned by {@link #CUSTOMER_NAME}, with the columns that the window's
     * readers want. The seven system columns are no part of its row hash.
     */
    public static final Dataset DATASET = Dataset.of("ORDERS_UNIFIED", List.of(KEY))
            .withCarriedColumns(List.of(
                    "AAG ORDER NUMBER",
                    CUSTOMER_NAME,
                    "CUSTOMER STYLE",
                    "CUSTOMER COLOUR DESCRIPTION",
                    "PO NUMBER",
                    "CUSTOMER ALT PO",
                    "ACTIVE"))
            .withPartitionColumn(CUSTOMER_NAME)
            .withHashSpec(HashSpec.HSR1.leavingOut(HashSpec.SYSTEM_COLUMNS));

    private OrdersUnified() {}

    private static Schema readSchema() {
        String name = "orders_unified_columns.csv";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(SampleFiles.resource(name), StandardCharsets.UTF_8))) {
            lines.readLine();
            List<Column> columns = new ArrayList<>();
            // No name holds a comma, so the last one parts name and type.
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.lastIndexOf(',');
                columns.add(new Column(line.substring(0, comma), type(line.substring(comma + 1))));
            }
            return Schema.of(columns);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + name + " cannot be read", e);
        }
    }

    private static ColumnType type(String sqlServerType) {
        return switch (sqlServerType) {
            case "NVARCHAR(MAX)" -> ColumnType.TEXT;
            case "INT" -> ColumnType.INT32;
            case "DATE" -> ColumnType.DATE;
            case "UNIQUEIDENTIFIER" -> ColumnType.UUID;
            default -> throw new IllegalStateException("no column type for " + sqlServerType);
        };
    }
}
