package io.hybridsnapshot.domain.window;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VersionCountsTest {
    @Test
    void aSnapshotHasTheCurrentRowsUpToItsNumberAndTheVersionsThatSpanIt() {
        VersionCounts counts = new VersionCounts();
        counts.addCurrent(1, 90);
        counts.addCurrent(3, 10);
        counts.addFormer(1, 3, 8);
        counts.addFormer(1, 2, 5);
        counts.addFormer(2, 3, 4);
        counts.addFormer(2, 3, 1);
        assertEquals(103, counts.of(1));
        assertEquals(103, counts.of(2));
        assertEquals(100, counts.of(3));
        assertEquals(90, counts.upTo(2));
        assertEquals(0, new VersionCounts().of(7));
    }
}
