package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.ChangeKind;
import io.hybridsnapshot.domain.delta.DeltaCursor;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.delta.SnapshotDelta;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.RowStamps;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowProbe;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.testkit.contract.WindowStoreContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.memory.InMemoryStatements;
import java.time.Duration;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;

/** The window's contract can fail: each store here has one fault, and the facts about it find it. */
class BrokenWindowStoreTest {
    @Test
    void storeWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore();
        }
    }

    @Test
    void datasetsThatAreOnlyPreparedAreFound() {
        ContractRun.of(NamesThePrepared.class).assertFailed("datasetsAreThoseOfTheLedgerByName");
    }

    static class NamesThePrepared extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                private final Set<String> prepared = new ConcurrentSkipListSet<>();

                @Override
                public void prepare(Dataset dataset) {
                    super.prepare(dataset);
                    prepared.add(dataset.name());
                }

                @Override
                public List<String> datasets() {
                    return List.copyOf(prepared);
                }
            };
        }
    }

    /** A broken store with current rows that foreign writers can change. */
    abstract static class WithStatements extends WindowStoreContract {
        private final ForwardingWindowStore store = broken();

        abstract ForwardingWindowStore broken();

        @Override
        protected WindowStore store() {
            return store;
        }

        @Override
        protected Optional<ForeignStatements> foreignStatements() {
            return Optional.of(new InMemoryStatements(store.right));
        }
    }

    @Test
    void stampsThatAreTakenFromTheLedgerAreFound() {
        ContractRun.of(BelievesTheLedger.class)
                .assertFailed(
                        "rowsThatAForeignStatementDeletedOrAddedAreCounted",
                        "stampsThatAForeignStatementChangedAreCounted");
    }

    static class BelievesTheLedger extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
                    return super.stamps(dataset, partition).stream()
                            .map(RowStamps::snapshot)
                            .map(entry -> new RowStamps(entry, entry.rowCount(), 0, 0, 0, 0, entry.archiveId()))
                            .toList();
                }
            };
        }
    }

    @Test
    void stampsOfSnapshotsThatAreListedOnlyAreFound() {
        ContractRun.of(PassesOverLostRows.class).assertFailed("rowsThatAForeignStatementDeletedOrAddedAreCounted");
    }

    static class PassesOverLostRows extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public List<RowStamps> stamps(Dataset dataset, Optional<Partition> partition) {
                    List<WindowSnapshot> listed = snapshots(dataset, partition);
                    return super.stamps(dataset, partition).stream()
                            .filter(stamps -> listed.contains(stamps.snapshot()))
                            .toList();
                }
            };
        }
    }

    @Test
    void stampsAndTextsThatAreOfTheWrongSnapshotAreFound() {
        ContractRun.of(CarriesTheCurrent.class)
                .assertFailed("carriedTextsOfEveryVisibleSnapshotAreStreamedAsTheTablesHaveThem");
    }

    /** For every requested snapshot, the texts are those of the current one. */
    static class CarriesTheCurrent extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public Optional<RowStream> openCarried(Dataset dataset, WindowSnapshot snapshot) {
                    return super.openCarried(
                            dataset, findCurrent(dataset, snapshot.partition()).orElseThrow());
                }
            };
        }
    }

    @Test
    void foreignDatesThatAreTakenForUtcAreFound() {
        ContractRun.of(KnowsNoZone.class).assertFailed("dateOfAForeignSnapshotIsTheTimeOnTheClockOfItsWritersZone");
    }

    static class KnowsNoZone extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public WindowStore withForeignZone(ZoneId zone) {
                    return this;
                }
            };
        }
    }

    @Test
    void foreignHashesThatAreRefusedAreFound() {
        ContractRun.of(WantsHashes.class)
                .assertFailed("foreignSnapshotIsReadWhateverTheFormOfItsHashesAndStaysForeignWhenItIsRetired");
    }

    static class WantsHashes extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
                    if (snapshot.isForeign()) {
                        throw SnapshotException.corrupt("a row hash is malformed")
                                .build();
                    }
                    return super.openRows(dataset, snapshot);
                }
            };
        }
    }

    @Test
    void rowsOfAForeignWriterThatAnUndoLosesAreFound() {
        ContractRun.of(ForgetsForeignRows.class).assertFailed("takingBackATakeOverMakesTheForeignSnapshotCurrentAgain");
    }

    static class ForgetsForeignRows extends WithStatements {
        @Override
        ForwardingWindowStore broken() {
            return new ForwardingWindowStore() {
                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    return new ForwardingWindowWriter(super.openWriter(dataset, partition, request)) {
                        @Override
                        public void takeBack(SnapshotId current, Optional<SnapshotId> predecessor) {
                            boolean foreign = predecessor
                                    .flatMap(id -> find(dataset, id))
                                    .filter(WindowSnapshot::isForeign)
                                    .isPresent();
                            super.takeBack(current, foreign ? Optional.empty() : predecessor);
                        }
                    };
                }
            };
        }
    }

    @Test
    void stagedRowsThatShowAreFound() {
        ContractRun.of(ShowsStaged.class).assertFailed("stagedRowsAreInvisibleUntilPublish");
    }

    static class ShowsStaged extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                private final ConcurrentHashMap<String, SnapshotId> staged = new ConcurrentHashMap<>();

                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    return new ForwardingWindowWriter(super.openWriter(dataset, partition, request)) {
                        @Override
                        public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
                            super.seal(id, rowCount, fingerprint);
                            staged.put(dataset.name(), id);
                        }
                    };
                }

                @Override
                public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
                    return Optional.ofNullable(staged.get(dataset.name()))
                            .flatMap(id -> find(dataset, id))
                            .or(() -> super.findCurrent(dataset, partition));
                }
            };
        }
    }

    @Test
    void unfinishedSnapshotsThatAreHiddenAreFound() {
        ContractRun.of(HidesUnsealed.class).assertFailed("unfinishedSnapshotsAreListedOldestFirst");
    }

    static class HidesUnsealed extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public List<WindowSnapshot> unfinished(Dataset dataset) {
                    return super.unfinished(dataset).stream()
                            .filter(snapshot -> snapshot.state() == SnapshotState.STAGED)
                            .toList();
                }
            };
        }
    }

    @Test
    void pruningThatIsForgottenIsFound() {
        ContractRun.of(ForgetsToPrune.class)
                .assertFailed(
                        "publishPrunesWhatIsBeyondTheKeepCount",
                        "publishWithAKeepCountOfOneLeavesTheCurrentSnapshotAlone");
    }

    static class ForgetsToPrune extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WritingOtherwise() {
                @Override
                WindowWriter writer(Dataset dataset, WindowWriter right) {
                    return new ForwardingWindowWriter(right) {
                        @Override
                        public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
                            return super.publish(id, archiveId, keepCount < 1 ? keepCount : Integer.MAX_VALUE);
                        }
                    };
                }
            };
        }
    }

    @Test
    void cursorInTheOrderOfSignedWordsIsFound() {
        ContractRun.of(SignedCursor.class).assertFailed("deltaAgreesWithANaiveComparison");
    }

    /** {@link UUID#compareTo} takes the words as signed, as careless code does. */
    static class SignedCursor extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WithDelta() {
                @Override
                SnapshotDelta delta(SnapshotDelta right) {
                    return new SnapshotDelta() {
                        @Override
                        public DeltaSummary summary() {
                            return right.summary();
                        }

                        @Override
                        public DeltaCursor openChanges() {
                            return signed(right.openChanges());
                        }
                    };
                }
            };
        }
    }

    @Test
    void countsWithoutTheDeletedRowsAreFound() {
        ContractRun.of(ForgetsDeleted.class)
                .assertFailed("deltaAgreesWithANaiveComparison", "probeWithoutRowsFindsAllDeleted");
    }

    static class ForgetsDeleted extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WithDelta() {
                @Override
                SnapshotDelta delta(SnapshotDelta right) {
                    return new SnapshotDelta() {
                        @Override
                        public DeltaSummary summary() {
                            DeltaSummary all = right.summary();
                            return new DeltaSummary(all.added(), all.changed(), all.unchanged(), 0);
                        }

                        @Override
                        public DeltaCursor openChanges() {
                            return right.openChanges();
                        }
                    };
                }
            };
        }
    }

    @Test
    void lockThatIsTakenFromItsHolderIsFound() {
        ContractRun.of(WithoutLock.class)
                .assertFailed(
                        "secondWriterOfAPartitionGetsAConflictThatNamesTheHolder",
                        "secondWriterWaitsAsLongAsItsPatience",
                        "waitingWriterGetsThePartitionWhenTheFirstCloses",
                        "writersOfOnePartitionTakeTurns");
    }

    static class WithoutLock extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    right.breakLock(dataset, partition);
                    return super.openWriter(dataset, partition, request);
                }
            };
        }
    }

    @Test
    void lockThatStaysAfterCloseIsFound() {
        ContractRun.of(KeepsLock.class).assertFailed("closingAWriterReleasesThePartition");
    }

    /** Every second writer leaves its lock; the others would hang nearly every fact. */
    static class KeepsLock extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    boolean patient = !request.patience().isZero();
                    return new ForwardingWindowWriter(super.openWriter(dataset, partition, request)) {
                        @Override
                        public void close() {
                            if (patient) {
                                super.close();
                            }
                        }
                    };
                }
            };
        }
    }

    @Test
    void holderThatIsNotNamedIsFound() {
        ContractRun.of(SilentConflict.class).assertFailed("secondWriterOfAPartitionGetsAConflictThatNamesTheHolder");
    }

    static class SilentConflict extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    try {
                        return super.openWriter(dataset, partition, request);
                    } catch (SnapshotException e) {
                        throw SnapshotException.conflict("locked").build();
                    }
                }
            };
        }
    }

    @Test
    void impatienceIsFound() {
        ContractRun.of(Impatient.class)
                .assertFailed(
                        "secondWriterWaitsAsLongAsItsPatience", "waitingWriterGetsThePartitionWhenTheFirstCloses");
    }

    static class Impatient extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    return super.openWriter(dataset, partition, new WriterRequest(request.holder(), Duration.ZERO));
                }
            };
        }
    }

    @Test
    void datesThatLoseTheirMicrosecondsAreFound() {
        ContractRun.of(DatesInMillis.class)
                .assertFailed(
                        "ledgerKeepsEveryFieldOfASnapshot",
                        "datesKeepTheirMicrosecondsAcrossGapsAndOverlapsOfTheLocalTime");
    }

    static class DatesInMillis extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WritingOtherwise() {
                @Override
                WindowWriter writer(Dataset dataset, WindowWriter right) {
                    return new ForwardingWindowWriter(right) {
                        @Override
                        public int begin(StagingRequest request) {
                            return super.begin(new StagingRequest(
                                    request.id(),
                                    request.date().truncatedTo(ChronoUnit.MILLIS),
                                    request.hashSpecId(),
                                    request.schema()));
                        }
                    };
                }
            };
        }
    }

    @Test
    void batchIdThatIsBegunAnewIsFound() {
        ContractRun.of(BeginsAnew.class).assertFailed("beginOfAKnownBatchIdIsAConflictAndLeavesWhatIsThere");
    }

    static class BeginsAnew extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WritingOtherwise() {
                @Override
                WindowWriter writer(Dataset dataset, WindowWriter right) {
                    return new ForwardingWindowWriter(right) {
                        @Override
                        public int begin(StagingRequest request) {
                            right.discard(request.id());
                            return super.begin(request);
                        }
                    };
                }
            };
        }
    }

    @Test
    void publishThatDoesNotCountIsFound() {
        ContractRun.of(DoesNotCount.class).assertFailed("snapshotWithOtherRowsThanSealedIsCorruptAndNotPublished");
    }

    static class DoesNotCount extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WritingOtherwise() {
                @Override
                WindowWriter writer(Dataset dataset, WindowWriter right) {
                    return new ForwardingWindowWriter(right) {
                        private long staged;

                        @Override
                        public int begin(StagingRequest request) {
                            staged = 0;
                            return super.begin(request);
                        }

                        @Override
                        public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
                            staged += hashes.size();
                            super.stage(id, rows, hashes);
                        }

                        @Override
                        public void seal(SnapshotId id, long rowCount, Fingerprint fingerprint) {
                            super.seal(id, staged, fingerprint);
                        }
                    };
                }
            };
        }
    }

    @Test
    void publishOfWhatWasNotSealedIsFound() {
        ContractRun.of(SealsItself.class).assertFailed("snapshotThatWasNotSealedIsNotPublished");
    }

    static class SealsItself extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new WritingOtherwise() {
                @Override
                WindowWriter writer(Dataset dataset, WindowWriter right) {
                    return new ForwardingWindowWriter(right) {
                        private long staged;

                        @Override
                        public void stage(SnapshotId id, RowBatch rows, KeyedHashes hashes) {
                            staged += hashes.size();
                            super.stage(id, rows, hashes);
                        }

                        @Override
                        public WindowSnapshot publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
                            boolean staging = right.unfinished().stream()
                                    .anyMatch(row ->
                                            row.id().equals(Optional.of(id)) && row.state() == SnapshotState.STAGING);
                            if (staging) {
                                right.seal(id, staged, new Fingerprint("0".repeat(64)));
                            }
                            return super.publish(id, archiveId, keepCount);
                        }
                    };
                }
            };
        }
    }

    @Test
    void archiveThatIsLinkedTwiceIsFound() {
        ContractRun.of(LinksSilently.class)
                .assertFailed("archiveIsLinkedOnceAndForAll", "archiveOfASnapshotThatIsGoneOrNotYetVisibleIsAConflict");
    }

    static class LinksSilently extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public void linkArchive(Dataset dataset, SnapshotId id, ArchiveId archiveId) {
                    try {
                        super.linkArchive(dataset, id, archiveId);
                    } catch (SnapshotException swallowed) {
                        assert swallowed.kind() == SnapshotException.Kind.CONFLICT;
                    }
                }
            };
        }
    }

    @Test
    void rowsThatAreReadAsOfManyMomentsAreFound() {
        ContractRun.of(ReadsAnew.class).assertFailed("rowsAreReadAsOfOneMomentWhileAWriterReplacesThem");
    }

    /** Asks for the snapshot again at every batch, like paging without a transaction. */
    static class ReadsAnew extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
                    super.openRows(dataset, snapshot).close();
                    return new KeyedRowStream() {
                        private int read;

                        @Override
                        public Optional<KeyedHashes> next() {
                            List<KeyedHashes> all = new ArrayList<>();
                            try (KeyedRowStream now = right.openRows(
                                    dataset,
                                    right.findCurrent(dataset, snapshot.partition())
                                            .filter(current -> snapshot.state() == SnapshotState.CURRENT && read > 0)
                                            .orElse(snapshot))) {
                                now.next().ifPresent(all::add);
                                for (Optional<KeyedHashes> batch = now.next(); batch.isPresent(); batch = now.next()) {
                                    all.add(batch.get());
                                }
                            }
                            return read < all.size() ? Optional.of(all.get(read++)) : Optional.empty();
                        }

                        @Override
                        public void close() {
                            // Nothing is held.
                        }
                    };
                }
            };
        }
    }

    @Test
    void probeThatComparesWithTheMomentOfItsOpeningIsFound() {
        ContractRun.of(EarlyProbe.class).assertFailed("probeAnswersAsOfItsFirstDeltaWhileAWriterPublishes");
    }

    static class EarlyProbe extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowProbe openProbe(Dataset dataset, Partition partition) {
                    WindowProbe probe = super.openProbe(dataset, partition);
                    probe.delta();
                    return probe;
                }
            };
        }
    }

    @Test
    void probeThatWaitsForTheWriterIsFound() {
        ContractRun.of(LockingProbe.class).assertFailed("probesNeitherWaitForAWriterNorSeeWhatItStaged");
    }

    static class LockingProbe extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public WindowProbe openProbe(Dataset dataset, Partition partition) {
                    right.prepare(dataset);
                    right.openWriter(dataset, partition, new WriterRequest("probe", Duration.ZERO))
                            .close();
                    return super.openProbe(dataset, partition);
                }
            };
        }
    }

    @Test
    void partitionsThatDifferByCaseAndAreOneAreFound() {
        ContractRun.of(FoldsCase.class).assertFailed("partitionsWhoseNamesDifferByCaseOrAccentOrPatternAreApart");
    }

    static class FoldsCase extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                private Partition folded(Partition partition) {
                    return new Partition(partition.name().toUpperCase(Locale.ROOT));
                }

                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    return super.openWriter(dataset, folded(partition), request);
                }

                @Override
                public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
                    return super.findCurrent(dataset, folded(partition));
                }
            };
        }
    }

    @Test
    void datasetsWithNamesThatAreCutAreFound() {
        ContractRun.of(CutsNames.class).assertFailed("datasetsWhoseLongNamesDifferAtTheEndOnlyAreApartOrRefused");
    }

    /** PostgreSQL cuts an identifier to 63 bytes without a word. */
    static class CutsNames extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                private Dataset cut(Dataset dataset) {
                    String name = dataset.name();
                    return dataset.toBuilder()
                            .name(name.substring(0, Math.min(63, name.length())))
                            .build();
                }

                @Override
                public void prepare(Dataset dataset) {
                    super.prepare(cut(dataset));
                }

                @Override
                public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                    return super.openWriter(cut(dataset), partition, request);
                }

                @Override
                public Optional<WindowSnapshot> findCurrent(Dataset dataset, Partition partition) {
                    return super.findCurrent(cut(dataset), partition);
                }

                @Override
                public KeyedRowStream openRows(Dataset dataset, WindowSnapshot snapshot) {
                    return super.openRows(cut(dataset), snapshot);
                }
            };
        }
    }

    @Test
    void keepCountOfZeroThatIsTakenIsFound() {
        ContractRun.of(KeepsNothing.class).assertFailed("keepCountBelowOneIsRefused");
    }

    static class KeepsNothing extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public List<WindowSnapshot> removeBeyond(
                        Dataset dataset, Optional<Partition> partition, int keepCount) {
                    return keepCount < 1 ? List.of() : super.removeBeyond(dataset, partition, keepCount);
                }
            };
        }
    }

    @Test
    void dryRunThatListsLessThanTheRealOneIsFound() {
        ContractRun.of(DryRunOff.class).assertFailed("removeBeyondRemovesWhatBeyondLists");
    }

    static class DryRunOff extends WindowStoreContract {
        @Override
        protected WindowStore store() {
            return new ForwardingWindowStore() {
                @Override
                public List<WindowSnapshot> beyond(Dataset dataset, Optional<Partition> partition, int keepCount) {
                    return super.beyond(dataset, partition, keepCount).stream()
                            .limit(1)
                            .toList();
                }
            };
        }
    }

    /** Gives each writer to its subclass to break. */
    private abstract static class WritingOtherwise extends ForwardingWindowStore {
        abstract WindowWriter writer(Dataset dataset, WindowWriter right);

        @Override
        public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
            return writer(dataset, super.openWriter(dataset, partition, request));
        }
    }

    /** Gives each delta, of a writer or of a probe, to its subclass to break. */
    private abstract static class WithDelta extends ForwardingWindowStore {
        abstract SnapshotDelta delta(SnapshotDelta right);

        @Override
        public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
            return new ForwardingWindowWriter(super.openWriter(dataset, partition, request)) {
                @Override
                public SnapshotDelta delta(SnapshotId id) {
                    return WithDelta.this.delta(super.delta(id));
                }
            };
        }

        @Override
        public WindowProbe openProbe(Dataset dataset, Partition partition) {
            WindowProbe right = super.openProbe(dataset, partition);
            return new WindowProbe() {
                @Override
                public Optional<WindowSnapshot> current() {
                    return right.current();
                }

                @Override
                public void add(KeyedHashes hashes) {
                    right.add(hashes);
                }

                @Override
                public SnapshotDelta delta() {
                    return WithDelta.this.delta(right.delta());
                }

                @Override
                public void close() {
                    right.close();
                }
            };
        }
    }

    private static DeltaCursor signed(DeltaCursor right) {
        record Row(UUID identity, ChangeKind kind) {}
        TreeSet<Row> rows = new TreeSet<>(Comparator.comparing(Row::identity));
        try (right) {
            while (right.next()) {
                rows.add(new Row(right.identity(), right.kind()));
            }
        }
        Iterator<Row> rest = rows.iterator();
        return new DeltaCursor() {
            private Row row;

            @Override
            public boolean next() {
                row = rest.hasNext() ? rest.next() : null;
                return row != null;
            }

            @Override
            public ChangeKind kind() {
                return row.kind();
            }

            @Override
            public long identityHigh() {
                return row.identity().getMostSignificantBits();
            }

            @Override
            public long identityLow() {
                return row.identity().getLeastSignificantBits();
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
