package io.hybridsnapshot.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import io.hybridsnapshot.engine.catalogue.TrendStep;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrendSeriesTest {
    private final List<TrendPeriod> periods = List.of(
            Trends.day("A", 0, 100, 7, true), Trends.day("A", 3, 120, 8, false), Trends.day("B", 1, 40, 1, false));

    private final List<LocalDate> starts = TrendSeries.starts(periods, TrendStep.DAY);
    private final List<TrendSeries> series = TrendSeries.of(periods, starts);

    @Test
    void daysWithoutAnArchiveHaveAPlace() {
        assertEquals(
                List.of(Trends.FIRST, Trends.FIRST.plusDays(1), Trends.FIRST.plusDays(2), Trends.FIRST.plusDays(3)),
                starts);
    }

    @Test
    void aDayWithoutAnArchiveHasTheRowsOfTheArchiveBefore() {
        assertArrayEquals(new long[] {100, 100, 100, 120}, series.get(1).rows());
        assertArrayEquals(
                new long[] {TrendSeries.UNKNOWN, 40, 40, 40}, series.get(2).rows());
    }

    @Test
    void severalPartitionsHaveASum() {
        TrendSeries all = series.get(0);
        assertEquals("all partitions", all.name());
        assertArrayEquals(new long[] {100, 140, 140, 160}, all.rows());
        assertArrayEquals(new long[] {7, 1, 0, 8}, all.changed());
        assertArrayEquals(new long[] {0, 1_040, 0, 1_120}, all.kept());
        assertArrayEquals(new long[] {1_100, 0, 0, 0}, all.gone());
        assertArrayEquals(new long[] {1, 1, 0, 1}, all.archives());
        assertEquals(160, all.lastRows());
    }

    @Test
    void onePartitionStandsForItself() {
        List<TrendPeriod> one = List.of(Trends.day("A", 0, 100, 7, false));
        List<TrendSeries> alone = TrendSeries.of(one, TrendSeries.starts(one, TrendStep.DAY));
        assertEquals(List.of("A"), alone.stream().map(TrendSeries::name).toList());
    }

    @Test
    void farApartDaysAreNotFilled() {
        List<TrendPeriod> far = List.of(Trends.day("A", 0, 1, 0, false), Trends.day("A", 900_000, 1, 0, false));
        assertEquals(2, TrendSeries.starts(far, TrendStep.DAY).size());
    }

    @Test
    void unknownNumbersAreNull() {
        StringBuilder json = new StringBuilder();
        series.get(2).append(json);
        assertEquals(
                "{\"name\":\"B\",\"archives\":[0,1,0,0],\"removed\":[0,0,0,0],\"rows\":[null,40,40,40],"
                        + "\"added\":[0,2,0,0],\"changed\":[0,1,0,0],\"deleted\":[0,1,0,0],\"kept\":[0,1040,0,0],"
                        + "\"gone\":[0,0,0,0],\"unknown\":[0,0,0,0]}",
                json.toString());
    }
}
