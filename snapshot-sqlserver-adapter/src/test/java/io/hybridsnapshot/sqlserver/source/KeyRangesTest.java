package io.hybridsnapshot.sqlserver.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeyRangesTest {
    @Test
    void aReadOfSeveralMomentsIsRemarkedOn() {
        assertEquals(
                Optional.of("the source was not read as of one moment: 3 connections read ranges of 'ID', each as of a"
                        + " moment of its own, so rows that others changed meanwhile may be missing or of another"
                        + " moment"),
                new KeyRanges("ID", 20, 3, KeyRanges.Moments.ONE_EACH).remark());
    }

    @Test
    void aReadOfOneMomentIsNot() {
        assertEquals(Optional.empty(), new KeyRanges("ID", 20, 3, KeyRanges.Moments.ONE).remark());
        assertEquals(Optional.empty(), new KeyRanges("ID", 20, 1, KeyRanges.Moments.ONE_EACH).remark());
    }
}
