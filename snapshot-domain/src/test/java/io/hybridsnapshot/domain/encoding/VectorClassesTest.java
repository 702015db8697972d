package io.hybridsnapshot.domain.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vector class is compared and digested by its values. These loops choose their code by the class. */
class VectorClassesTest {
    /** Two values of a type. */
    record Sample(ColumnType type, Object value, Object other) {
        RowBatch batch() {
            ColumnVector vector = ColumnVector.forType(type, 3);
            for (Object cell : Arrays.asList(value, other, null)) {
                OneRow.append(vector, type, cell);
            }
            return new RowBatch(schema(), List.of(vector));
        }

        Schema schema() {
            return Schema.of(List.of(new Column("c", type)));
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample(ColumnType.BOOLEAN, true, false),
                new Sample(ColumnType.INT64, 1L, 2L),
                new Sample(ColumnType.decimal(38, 0), new BigDecimal(1), new BigDecimal(2)),
                new Sample(ColumnType.FLOAT64, 1.5, 2.5),
                new Sample(ColumnType.TEXT, "a", "b"),
                new Sample(
                        ColumnType.timestamp(9),
                        LocalDateTime.parse("2026-01-01T00:00:00"),
                        LocalDateTime.parse("2026-01-01T00:00:00.000000001")),
                new Sample(ColumnType.UUID, new UUID(1, 2), new UUID(1, 3)));
    }

    @Test
    void theSamplesHaveEveryVectorClass() {
        Set<Class<?>> found = samples()
                .map(sample -> ColumnVector.forType(sample.type(), 1).getClass())
                .collect(Collectors.toSet());

        assertEquals(
                Set.of(ColumnVector.class.getPermittedSubclasses()),
                found,
                "a new vector class needs a sample here, and code in the classes under test");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void unequalValuesAreFoundByComparison(Sample sample) {
        BatchComparison comparison = BatchComparison.of(sample.schema(), sample.schema(), HashSpec.HSR1);
        comparison.read(sample.batch(), sample.batch());
        int[] rows = new int[3];

        assertEquals(0, comparison.differing(0, 0, 0, 3, rows));
        assertEquals(2, comparison.differing(0, 0, 1, 2, rows));
        assertArrayEquals(new int[] {0, 1}, Arrays.copyOf(rows, 2));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void unequalValuesHaveDigestsOfTheirOwn(Sample sample) {
        RowDigests digests = RowDigests.ofRows(
                        sample.schema(), sample.schema(), HashSpec.HSR1, List.of("c"), new Random(1))
                .before();
        digests.digest(sample.batch());
        assertEquals(3, Stream.of(0, 1, 2).map(digests::low).distinct().count());

        long[] keys = new long[3];
        KeyDigests.of(sample.schema(), List.of("c")).digest(sample.batch(), keys);
        assertNotEquals(keys[0], keys[1]);
    }
}
