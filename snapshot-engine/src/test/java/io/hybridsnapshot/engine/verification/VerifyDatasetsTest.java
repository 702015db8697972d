package io.hybridsnapshot.engine.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ChainHead;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.Stores;
import io.hybridsnapshot.engine.catalogue.DatasetDefinitions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyDatasetsTest {
    private static final Set<VerificationLevel> ALL_LEVELS = Set.of(VerificationLevel.values());

    @TempDir
    Path directory;

    private Stores stores;
    private VerifyDatasets verify;

    @BeforeEach
    void saveThreeDatasets() {
        stores = new Stores(directory);
        stores.save("a");
        stores.save("b", "ALL", Map.of());
        stores.save("b", "GREYSON", Map.of());
        stores.save("c");
        verify = new VerifyDatasets(
                stores.environment(),
                DatasetDefinitions.of(
                        List.of(Stores.dataset("a"), Stores.dataset("b"), Stores.dataset("c"), Stores.dataset("d"))));
    }

    private static List<String> names(DatasetsVerification found) {
        return found.reports().stream().map(VerificationReport::dataset).toList();
    }

    @Test
    void allKnownDatasetsAreSoundAndReportedByName() {
        assertEquals(List.of("a", "b", "c", "d"), verify.names(List.of()));
        DatasetsVerification found = verify.verify(
                VerifyDatasetsRequest.of(verify.names(List.of()), ALL_LEVELS).withSampling(new Sampling(1, 4711)));
        assertEquals(List.of("a", "b", "c", "d"), names(found));
        assertEquals(0, found.count(Severity.ERROR));
        assertEquals(4, found.heads(List.of()).size(), "one chain a partition");
    }

    @Test
    void aDatasetThatLostEverythingIsVerifiedByItsAnchor() {
        ChainHead gone = new ChainHead("gone", Partition.ALL, 3, "0".repeat(64));
        assertEquals(List.of("a", "b", "c", "d", "gone"), verify.names(List.of(gone)));
        assertTrue(verify.isKnown("gone", List.of(gone)));
        assertFalse(verify.isKnown("gone", List.of()));
        DatasetsVerification found = verify.verify(
                VerifyDatasetsRequest.of(List.of("gone"), ALL_LEVELS).withAnchors(List.of(gone)));
        assertTrue(found.count(Severity.ERROR) > 0, found::toString);
    }

    @Test
    void findingsOfAllDatasetsAreCountedTogether() {
        List<ChainHead> anchors = List.of(
                new ChainHead("a", Partition.ALL, 9, "0".repeat(64)),
                new ChainHead("c", Partition.ALL, 9, "0".repeat(64)));
        DatasetsVerification found = verify.verify(
                VerifyDatasetsRequest.of(List.of("a", "b", "c"), ALL_LEVELS).withAnchors(anchors));
        assertEquals(2, found.count(Severity.ERROR), found::toString);
    }

    @Test
    void onePartitionIsVerifiedAlone() {
        DatasetsVerification found =
                verify.verify(VerifyDatasetsRequest.of(List.of("b"), ALL_LEVELS).in(new Partition("GREYSON")));
        assertEquals(
                List.of(new Partition("GREYSON")),
                found.heads(List.of()).stream().map(ChainHead::partition).toList());
    }

    @Test
    void theLimitIsOneForAllTogether() {
        DatasetsVerification none = verify.verify(
                VerifyDatasetsRequest.of(List.of("a", "b", "c"), ALL_LEVELS).within(Duration.ZERO));
        assertEquals(3, none.reports().size(), "catalogues are verified all the same");
        none.reports().forEach(report -> assertFalse(report.leftOut().isEmpty(), report::dataset));
    }

    @Test
    void refusedDatasetsAndForeignTablesDoNotKeepTheOthersFromBeingVerified() {
        DatasetDefinitions known = DatasetDefinitions.of(List.of());
        DatasetDefinitions refusing = new DatasetDefinitions() {
            @Override
            public Set<String> names() {
                return known.names();
            }

            @Override
            public boolean isDefined(String name) {
                return known.isDefined(name);
            }

            @Override
            public Dataset named(String name) {
                if (name.equals("b")) {
                    throw SnapshotException.invalidRequest("no window takes it").build();
                }
                return known.named(name);
            }
        };
        List<String> asked = List.of("a", "b", "no name of a dataset", "c");
        DatasetsVerification found = new VerifyDatasets(stores.environment(), refusing)
                .verify(VerifyDatasetsRequest.of(asked, Set.of(VerificationLevel.CATALOGUE)));
        assertEquals(List.of("a", "c"), names(found));
        assertEquals(Set.of("b"), found.refused().keySet());
        assertEquals(List.of("no name of a dataset"), found.foreign());
    }

    @Test
    void aStoreThatIsDownEndsTheVerification() {
        VerifyDatasets down = new VerifyDatasets(
                stores.withoutArchive(new Stores.Down<>()), DatasetDefinitions.of(List.of(Stores.dataset("a"))));
        VerifyDatasetsRequest request = VerifyDatasetsRequest.of(List.of("a"), ALL_LEVELS);
        assertThrows(SnapshotException.class, () -> down.verify(request));
    }

    @Test
    void anotherDefinitionIsVerifiedInPlaceOfOne() {
        VerifyDatasetsRequest content = VerifyDatasetsRequest.of(List.of("a"), Set.of(VerificationLevel.CONTENT));
        assertEquals(0, verify.verify(content).count(Severity.ERROR));
        Dataset wrong = Dataset.of("a", List.of("CUSTOMER"));
        DatasetsVerification other = verify.with(wrong).verify(content);
        assertFalse(
                other.reports().get(0).equals(verify.verify(content).reports().get(0)), other::toString);
    }

    @Test
    void headsNotedBeforeOfOtherChainsStayNoted() {
        DatasetsVerification found = verify.verify(VerifyDatasetsRequest.of(List.of("a"), ALL_LEVELS));
        ChainHead stale = new ChainHead("a", Partition.ALL, 0, "0".repeat(64));
        ChainHead elsewhere = new ChainHead("elsewhere", Partition.ALL, 7, "1".repeat(64));
        List<ChainHead> merged = found.heads(List.of(stale, elsewhere));
        assertEquals(2, merged.size());
        assertTrue(merged.contains(elsewhere));
        assertFalse(merged.contains(stale), "a chain is noted as it was read last");
    }

    @Test
    void everyDatasetComesFirstWithSomeSeed() {
        List<String> first = new ArrayList<>();
        for (long seed = 1; seed <= 40; seed++) {
            first.add(new Sampling(1, seed).ordered(List.of("a", "b", "c")).get(0));
        }
        assertEquals(Set.of("a", "b", "c"), Set.copyOf(first));
        assertEquals(
                new Sampling(1, 5).ordered(List.of("a", "b", "c")), new Sampling(1, 5).ordered(List.of("c", "b", "a")));
    }

    @Test
    void datasetsAreVerifiedInTheOrderOfTheSeed() {
        List<String> progressed = new ArrayList<>();
        for (long seed : List.of(1L, 2L, 3L)) {
            Sampling sampling = new Sampling(1, seed);
            progressed.clear();
            DatasetDefinitions noting = new DatasetDefinitions() {
                @Override
                public Set<String> names() {
                    return Set.of();
                }

                @Override
                public boolean isDefined(String name) {
                    return true;
                }

                @Override
                public Dataset named(String name) {
                    progressed.add(name);
                    return Stores.dataset(name);
                }
            };
            new VerifyDatasets(stores.environment(), noting)
                    .verify(VerifyDatasetsRequest.of(List.of("a", "b", "c"), Set.of(VerificationLevel.CATALOGUE))
                            .withSampling(sampling));
            assertEquals(sampling.ordered(List.of("a", "b", "c")), progressed);
        }
    }
}
