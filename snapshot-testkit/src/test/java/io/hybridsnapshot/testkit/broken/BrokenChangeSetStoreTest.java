package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSet;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.changeset.FilterEntry;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.ByteFlipper;
import io.hybridsnapshot.testkit.contract.ArchiveStoreContract.BytesAtRest;
import io.hybridsnapshot.testkit.contract.ChangeSetStoreContract;
import io.hybridsnapshot.testkit.contract.Hook;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The contract of change sets can fail: each store here has one fault, and the facts about it find it. */
class BrokenChangeSetStoreTest {
    /** The contract on a store whose change sets may have a fault. */
    abstract static class Forwarding extends ChangeSetStoreContract {
        abstract ChangeSetStore broken(ChangeSetStore right);

        @Override
        protected ArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public Optional<ChangeSetStore> changeSets() {
                    return super.changeSets().map(right -> broken(right));
                }
            };
        }

        @Override
        protected Hook<ByteFlipper> byteFlipper() {
            return Hook.of(
                    (store, id, position) -> ((ForwardingArchiveStore) store).right.flipChangeSetByte(id, position));
        }

        @Override
        protected Hook<BytesAtRest> bytesAtRest() {
            return Hook.of((store, bytes) -> ((ForwardingArchiveStore) store).contains(bytes));
        }

        @Override
        protected Hook<UnaryOperator<ArchiveStore>> reopener() {
            return Hook.of(store -> {
                ((ForwardingArchiveStore) store).reopen();
                return store;
            });
        }
    }

    /** Change sets that work correctly. The broken ones override the methods that they break. */
    private static class ForwardingChangeSets implements ChangeSetStore {
        final ChangeSetStore right;

        ForwardingChangeSets(ChangeSetStore right) {
            this.right = right;
        }

        @Override
        public ChangeSet add(ArchiveId archive, ChangeSetSubmission submission) {
            return right.add(archive, submission);
        }

        @Override
        public Optional<ChangeSet> find(ArchiveId archive) {
            return right.find(archive);
        }

        @Override
        public List<ChangeSet> list(ArchiveQuery query) {
            return right.list(query);
        }

        @Override
        public List<ChangeSet> mayHold(ArchiveQuery query, Collection<FilterEntry> entries) {
            return right.mayHold(query, entries);
        }

        @Override
        public List<ChangeSet> records(ArchiveQuery query) {
            return right.records(query);
        }

        @Override
        public SeekableBytes open(ArchiveId archive) {
            return right.open(archive);
        }

        @Override
        public Optional<Damage> findDamage(ArchiveId archive) {
            return right.findDamage(archive);
        }

        @Override
        public List<ChangeSet> remove(Collection<ArchiveId> archives, String reason) {
            return right.remove(archives, reason);
        }
    }

    @Test
    void changeSetsWithoutFaultPass() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends Forwarding {
        @Override
        ChangeSetStore broken(ChangeSetStore right) {
            return new ForwardingChangeSets(right);
        }
    }

    @Test
    void searchForTheFirstEntryAloneIsFound() {
        ContractRun.of(FirstEntry.class).assertFailed("changeSetsThatMayHoldAnEntryAreThoseWhoseFiltersSaySo");
    }

    static class FirstEntry extends Forwarding {
        @Override
        ChangeSetStore broken(ChangeSetStore right) {
            return new ForwardingChangeSets(right) {
                @Override
                public List<ChangeSet> mayHold(ArchiveQuery query, Collection<FilterEntry> entries) {
                    return super.mayHold(query, entries.stream().limit(1).toList());
                }
            };
        }
    }

    @Test
    void recordsThatLeaveOutRemovedOnesAreFound() {
        ContractRun.of(ForgetsRemoved.class)
                .assertFailed("removedChangeSetLeavesItsRecord", "changeSetsOnBothSidesGoWithTheirArchive");
    }

    static class ForgetsRemoved extends Forwarding {
        @Override
        ChangeSetStore broken(ChangeSetStore right) {
            return new ForwardingChangeSets(right) {
                @Override
                public List<ChangeSet> records(ArchiveQuery query) {
                    return super.records(query).stream()
                            .filter(each -> each.removal().isEmpty())
                            .toList();
                }
            };
        }
    }

    @Test
    void damageThatIsNeverFoundIsFound() {
        ContractRun.of(AlwaysSound.class).assertFailed("flippedByteOfAChangeSetIsDamage");
    }

    static class AlwaysSound extends Forwarding {
        @Override
        ChangeSetStore broken(ChangeSetStore right) {
            return new ForwardingChangeSets(right) {
                @Override
                public Optional<Damage> findDamage(ArchiveId archive) {
                    super.findDamage(archive);
                    return Optional.empty();
                }
            };
        }
    }

    @Test
    void changeSetsThatOutliveTheirBaseAreFound() {
        ContractRun.of(KeepsWithoutBase.class).assertFailed("changeSetsOnBothSidesGoWithTheirArchive");
    }

    static class KeepsWithoutBase extends Forwarding {
        @Override
        protected ArchiveStore store() {
            return new ForwardingArchiveStore() {
                @Override
                public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids, String reason) {
                    ChangeSetStore there = right.changeSets().orElseThrow();
                    List<ChangeSet> based = there.list(ArchiveQuery.ALL).stream()
                            .filter(each -> ids.contains(each.base()))
                            .toList();
                    List<ArchivedSnapshot> removed = super.remove(ids, reason);
                    kept = based;
                    return removed;
                }

                private List<ChangeSet> kept = List.of();

                @Override
                public Optional<ChangeSetStore> changeSets() {
                    return super.changeSets().map(right -> new ForwardingChangeSets(right) {
                        @Override
                        public List<ChangeSet> list(ArchiveQuery query) {
                            return kept.isEmpty() ? super.list(query) : kept;
                        }
                    });
                }
            };
        }

        @Override
        ChangeSetStore broken(ChangeSetStore right) {
            return right;
        }
    }
}
