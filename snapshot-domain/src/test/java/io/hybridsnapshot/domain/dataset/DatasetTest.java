package io.hybridsnapshot.domain.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.hybridsnapshot.domain.encoding.HashSpec;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The builder of a dataset knows every value, and a copy keeps them all. */
class DatasetTest {
    private static final Dataset OTHER = Dataset.builder("OTHER", List.of("A", "B"))
            .sourceDatabase("SHOP")
            .carriedColumns(List.of("A"))
            .partitionColumn(Optional.of("P"))
            .hashSpec(HashSpec.HSR1.leavingOut(List.of("C")))
            .keepCount(5)
            .maxDeletedShare(0.25)
            .maxChangedShare(0.75)
            .rowStamps(RowStampPolicy.VERSION)
            .build();

    @Test
    void aCopyKeepsEveryValue() throws ReflectiveOperationException {
        Dataset defaults = Dataset.of("ORDERS", List.of("ID"));
        for (RecordComponent value : Dataset.class.getRecordComponents()) {
            assertNotEquals(
                    value.getAccessor().invoke(defaults),
                    value.getAccessor().invoke(OTHER),
                    value.getName() + " needs a value here that is not the default");
        }

        assertEquals(OTHER, OTHER.toBuilder().build());
    }

    @Test
    void aCopyWithAnotherValueKeepsTheRest() {
        Dataset renamed = OTHER.toBuilder().keyColumns(List.of("K")).build();

        assertEquals(List.of("K"), renamed.keyColumns());
        assertEquals(OTHER, renamed.toBuilder().keyColumns(OTHER.keyColumns()).build());
    }
}
