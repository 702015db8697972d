package io.hybridsnapshot.app.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.config.ParallelSection;
import io.hybridsnapshot.app.config.ParallelSection.Moments;
import io.hybridsnapshot.app.config.SourceSection;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.SnapshotException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The parts of a plan of ranges on the command line, alone and over those of the configuration. */
class ParallelOptionTest {
    private static final Dataset ORDERS = Dataset.of("orders", List.of("ID"));

    @Command
    private static final class Call {
        @Mixin
        private ParallelOption parallel;
    }

    private static DefinedDataset applied(SourceSection source, String... parts) {
        Call call = new Call();
        new CommandLine(call)
                .parseArgs(Stream.of(parts)
                        .flatMap(part -> Stream.of("--parallel", part))
                        .toArray(String[]::new));
        return call.parallel.appliedTo(new DefinedDataset(ORDERS, DatasetSection.of(source, List.of("ID"))));
    }

    private static SourceSection.Query query(Optional<ParallelSection> plan) {
        return new SourceSection.Query("SELECT 1 AS \"ID\"", Optional.empty(), plan);
    }

    private static ParallelSection plan(Optional<ParallelSection> configured, String... parts) {
        SourceSection.Query query = (SourceSection.Query)
                applied(query(configured), parts).section().source().orElseThrow();
        assertEquals("SELECT 1 AS \"ID\"", query.sql());
        return query.parallel().orElseThrow();
    }

    @Test
    void aColumnAloneHasTheDefaultsOfTheConfiguration() {
        ParallelSection plan = plan(Optional.empty(), "column=ORDER NO=2");
        assertEquals(new ParallelSection("ORDER NO=2", 4, Optional.empty(), Moments.ONE), plan);
        assertEquals(64, plan.ranges());
    }

    @Test
    void everyPartCanBeGiven() {
        assertEquals(
                new ParallelSection("A", 64, Optional.of(10_000), Moments.EACH),
                plan(Optional.empty(), "column=A", "connections=64", "ranges=10000", "moments=each"));
    }

    @Test
    void eachPartOverridesThatOfTheConfigurationAlone() {
        Optional<ParallelSection> configured = Optional.of(new ParallelSection("A", 2, Optional.of(50), Moments.EACH));
        assertEquals(new ParallelSection("B", 2, Optional.of(50), Moments.EACH), plan(configured, "column=B"));
        assertEquals(new ParallelSection("A", 3, Optional.of(50), Moments.EACH), plan(configured, "connections=3"));
        assertEquals(new ParallelSection("A", 2, Optional.of(7), Moments.EACH), plan(configured, "ranges=7"));
        assertEquals(new ParallelSection("A", 2, Optional.of(50), Moments.ONE), plan(configured, "moments=one"));
        Optional<ParallelSection> few = Optional.of(new ParallelSection("A", 1, Optional.empty(), Moments.ONE));
        assertEquals(128, plan(few, "connections=8").ranges());
    }

    @Test
    void withoutTheOptionTheDatasetStaysAsItIs() {
        SourceSection file = new SourceSection.Csv(Path.of("a.csv"));
        assertSame(file, applied(file).section().source().orElseThrow());
        SourceSection query = query(Optional.of(new ParallelSection("A", 2, Optional.of(5), Moments.EACH)));
        assertEquals(query, applied(query).section().source().orElseThrow());
    }

    @Test
    void aWrongPartIsOneError() {
        String form = "column=COLUMN, connections=N, ranges=N or moments=one|each";
        wrong("ID", form);
        wrong("=5", form);
        wrong("column=", form);
        wrong("colum=ID", form);
        wrong("Connections=4", form);
        wrong("connections=0", "a whole number from 1 to 64");
        wrong("connections=65", "a whole number from 1 to 64");
        wrong("connections=99999999999", "a whole number from 1 to 64");
        wrong("ranges=10001", "a whole number from 1 to 10000");
        wrong("ranges=-1", "a whole number from 1 to 10000");
        wrong("moments=two", "one or each");
        SnapshotException twice =
                assertThrows(SnapshotException.class, () -> plan(Optional.empty(), "column=A", "column=B"));
        assertTrue(twice.getMessage().contains("'column' is given twice"), twice.getMessage());
        assertThrows(SnapshotException.class, () -> plan(Optional.empty(), "column=A", "ranges=3", "ranges=3"));
    }

    private static void wrong(String part, String expected) {
        SnapshotException e =
                assertThrows(SnapshotException.class, () -> plan(Optional.empty(), "column=A", part), part);
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertEquals("option --parallel: found '" + part + "', expected " + expected, e.getMessage());
    }

    @Test
    void aPlanWithoutAColumnIsAnErrorThatNamesBothPlacesForIt() {
        SnapshotException e = assertThrows(SnapshotException.class, () -> plan(Optional.empty(), "connections=4"));
        assertTrue(e.getMessage().contains("no column"), e.getMessage());
        assertTrue(e.getMessage().contains("source.parallel.column"), e.getMessage());
    }

    @Test
    void aFileIsNotReadInRanges() {
        SnapshotException e = assertThrows(
                SnapshotException.class, () -> applied(new SourceSection.Csv(Path.of("a.csv")), "column=ID"));
        assertEquals(Kind.INVALID_REQUEST, e.kind());
        assertTrue(e.getMessage().contains("found the file a.csv, expected a query on a server"), e.getMessage());
    }
}
