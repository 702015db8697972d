package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.DeltaSummary;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.BaseSnapshot;
import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.domain.window.WriterRequest;
import io.hybridsnapshot.testkit.contract.WindowChangesContract;
import io.hybridsnapshot.testkit.data.ForeignStatements;
import io.hybridsnapshot.testkit.memory.InMemoryStatements;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract of changes can fail: each store here has one fault, and the facts about it find it. */
class BrokenWindowChangesTest {
    /** A store whose writers stage changes with one fault. */
    abstract static class WithFault extends WindowChangesContract {
        private final ForwardingWindowStore store = new ForwardingWindowStore() {
            @Override
            public WindowWriter openWriter(Dataset dataset, Partition partition, WriterRequest request) {
                return new ForwardingWindowWriter(right.openWriter(dataset, partition, request)) {
                    @Override
                    public Optional<WindowChanges> changes() {
                        return right.changes().map(changes -> broken(changes, this));
                    }
                };
            }
        };

        abstract WindowChanges broken(WindowChanges changes, WindowWriter writer);

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
    void storeWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return changes;
        }
    }

    @Test
    void baseThatIsNotComparedIsFound() {
        ContractRun.of(TrustsItsBase.class).assertFailed("rowsThatAForeignStatementChangedAreNoBase");
    }

    /** Takes the ledger's current snapshot for the base, whatever its rows are. */
    static class TrustsItsBase extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public Optional<BaseSnapshot> base() {
                    return super.base()
                            .or(() -> writer.recorded()
                                    .flatMap(WindowSnapshot::id)
                                    .map(id -> new BaseSnapshot(id, "unknown")));
                }
            };
        }
    }

    @Test
    void publishThatIgnoresTheBaseIsFound() {
        ContractRun.of(PublishesOnAnyBase.class)
                .assertFailed(
                        "changesOfABaseThatIsNoLongerCurrentAreNotPublished",
                        "foreignWriteBeforePublishKeepsTheChangesFromBeingPublished");
    }

    /** Publishes the rows that happen to be there. */
    static class PublishesOnAnyBase extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
                    Optional<WindowSnapshot> published = super.publish(id, archiveId, keepCount);
                    return published.isPresent() ? published : writer.current();
                }
            };
        }
    }

    @Test
    void deletedRowsThatStayAreFound() {
        ContractRun.of(KeepsDeletedRows.class)
                .assertFailed("changesMakeTheSameSnapshotAsWholeRows", "allRowsMayGoAndComeBack");
    }

    static class KeepsDeletedRows extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public void stageDeleted(SnapshotId id, KeyedHashes former) {
                    // The rows that go are forgotten.
                }
            };
        }
    }

    @Test
    void changesThatAreNotCheckedAreFound() {
        ContractRun.of(HidesCorruption.class)
                .assertFailed(
                        "changesOtherThanTheSealedOnesAreCorruptAndNotPublished",
                        "rowsThatTheBaseHasInAnotherVersionAreCorruptAndNotPublished");
    }

    /** Says of changes that do not fit that they were published. */
    static class HidesCorruption extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public Optional<WindowSnapshot> publish(SnapshotId id, Optional<ArchiveId> archiveId, int keepCount) {
                    try {
                        return super.publish(id, archiveId, keepCount);
                    } catch (SnapshotException corrupt) {
                        return writer.current();
                    }
                }
            };
        }
    }

    @Test
    void restageThatForgetsTheAttemptIsFound() {
        ContractRun.of(DiscardsToRestage.class).assertFailed("changesOfARestagedSnapshotAreReplacedByItsRows");
    }

    /** Undoes the snapshot where it should be started again. */
    static class DiscardsToRestage extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public void restage(SnapshotId id) {
                    writer.discard(id);
                }
            };
        }
    }

    @Test
    void changesThatAreVisibleWhenTheyAreSealedAreFound() {
        ContractRun.of(PublishesEarly.class).assertFailed("stagedChangesAreInvisibleAndMayBeDiscarded");
    }

    static class PublishesEarly extends WithFault {
        @Override
        WindowChanges broken(WindowChanges changes, WindowWriter writer) {
            return new ForwardingWindowChanges(changes) {
                @Override
                public void seal(SnapshotId id, BaseSnapshot base, DeltaSummary counts, Fingerprint fingerprint) {
                    super.seal(id, base, counts, fingerprint);
                    super.publish(id, Optional.empty(), 2);
                }
            };
        }
    }
}
