package io.hybridsnapshot.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.TypeKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OrdersUnifiedTest {
    @Test
    void theTableHas268ColumnsOfFourTypes() {
        Map<TypeKind, Long> kinds = OrdersUnified.SCHEMA.columns().stream()
                .map(Column::type)
                .collect(Collectors.groupingBy(type -> type.kind(), Collectors.counting()));
        assertEquals(Map.of(TypeKind.TEXT, 101L, TypeKind.INT32, 163L, TypeKind.DATE, 3L, TypeKind.UUID, 1L), kinds);
        assertEquals(161, SizeRanges.sizeColumns(OrdersUnified.SCHEMA).size());
    }

    @Test
    void namesStandAsInTheTable() {
        List<String> names = OrdersUnified.SCHEMA.names();
        assertEquals("AAG ORDER NUMBER", names.get(0));
        assertEquals("PROMO GROUP / CAMPAIGN (HOT 30/GLOBAL EDIT", names.get(9));
        assertEquals("CUSTOMER'S COLOUR CODE (CUSTOM FIELD) CUSTOMER PROVIDES THIS", names.get(18));
        assertEquals(
                "USA ONLY LSTP 75% EX WORKS", names.get(OrdersUnified.SCHEMA.indexOf("USA ONLY LSTP 75% EX WORKS")));
        assertEquals("record_uuid", names.get(267));
    }

    @Test
    void theDatasetNamesColumnsOfTheTable() {
        OrdersUnified.DATASET.requireColumnsIn(OrdersUnified.SCHEMA);
        assertEquals("ORDERS_UNIFIED", OrdersUnified.DATASET.name());
        assertEquals(List.of("record_uuid"), OrdersUnified.DATASET.keyColumns());
        assertEquals("AAG ORDER NUMBER", OrdersUnified.DATASET.carriedColumns().get(0));
        assertEquals(7, OrdersUnified.DATASET.carriedColumns().size());
        assertEquals(Optional.of("CUSTOMER NAME"), OrdersUnified.DATASET.partitionColumn());
    }
}
