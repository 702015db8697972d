package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.contract.RowSourceContract;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.InMemoryRowSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The source's contract can fail: each source here has one fault, and the facts about it find it. */
class BrokenRowSourceTest {
    @Test
    void sourceWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table);
        }
    }

    @Test
    void sourceThatIsReadOnceIsFound() {
        ContractRun.of(ReadOnce.class).assertFailed("sourceIsOpenedAnyNumberOfTimesWithEqualRows");
    }

    static class ReadOnce extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                private Optional<RowStream> only = Optional.empty();

                @Override
                public RowStream open(ReadOptions options) {
                    if (!options.columns().isEmpty() || options.batchRows() != 64) {
                        return super.open(options);
                    }
                    if (only.isEmpty()) {
                        only = Optional.of(super.open(options));
                    }
                    return only.get();
                }
            };
        }
    }

    @Test
    void columnsInTheSourcesOrderAreFound() {
        ContractRun.of(SourceOrder.class).assertFailed("columnsComeInTheOrderAskedFor");
    }

    static class SourceOrder extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    List<String> names = new ArrayList<>(options.columns());
                    names.sort(Comparator.comparingInt(
                            name -> table.schema().find(name).orElse(0)));
                    return super.open(options.withColumns(names));
                }
            };
        }
    }

    @Test
    void unknownColumnThatIsPassedOverIsFound() {
        ContractRun.of(PassesOver.class).assertFailed("unknownColumnIsAnInvalidRequestThatNamesIt");
    }

    static class PassesOver extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    List<String> known = new ArrayList<>(options.columns());
                    known.retainAll(table.schema().names());
                    return super.open(options.withColumns(known));
                }
            };
        }
    }

    @Test
    void batchesOfAnySizeAreFound() {
        ContractRun.of(OneBatch.class).assertFailed("batchesHaveNoMoreRowsThanAskedForAndAreNeverEmpty");
    }

    static class OneBatch extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    return super.open(new ReadOptions(options.columns(), 1_000_000, options.knownTypes()));
                }
            };
        }
    }

    @Test
    void progressThatEndsBeforeTheEndIsFound() {
        ContractRun.of(ReportsHalf.class).assertFailed("whatAListenerHearsGrowsUpToTheWhole");
    }

    static class ReportsHalf extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    options.listener().at(ReadListener.Purpose.ROWS, 1, 2);
                    return super.open(options);
                }
            };
        }
    }

    @Test
    void lastRowsThatAreLostAreFound() {
        ContractRun.of(LosesTheLastBatch.class).assertFailed("rowsAreReadInMoreThanOneBatch", "everyTypeIsReadAsItIs");
    }

    /** Ends one batch early if there is more than one. */
    static class LosesTheLastBatch extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    List<RowBatch> batches = new ArrayList<>();
                    Schema schema;
                    int size = options.equals(ReadOptions.ALL) ? 100 : options.batchRows();
                    try (RowStream right = super.open(new ReadOptions(options.columns(), size, options.knownTypes()))) {
                        schema = right.schema();
                        batches.addAll(Table.read(right).batches());
                    }
                    boolean loses = options.equals(ReadOptions.ALL) && batches.size() > 1;
                    return new Table(schema, loses ? batches.subList(0, batches.size() - 1) : batches).stream();
                }
            };
        }
    }

    @Test
    void rowsInAnotherOrderAreFound() {
        ContractRun.of(TurnsBatches.class).assertFailed("randomTablesAreReadAsTheyAre");
    }

    static class TurnsBatches extends RowSourceContract {
        @Override
        protected RowSource sourceOf(Table table) {
            return new Forwarding(table) {
                @Override
                public RowStream open(ReadOptions options) {
                    if (!options.equals(ReadOptions.ALL)) {
                        return super.open(options);
                    }
                    List<RowBatch> turned = new ArrayList<>(table.batches());
                    Collections.reverse(turned);
                    return new Table(table.schema(), turned).stream();
                }
            };
        }
    }

    private static class Forwarding implements RowSource {
        private final RowSource right;

        Forwarding(Table table) {
            this.right = new InMemoryRowSource("rows of a broken source", table);
        }

        @Override
        public String description() {
            return right.description();
        }

        @Override
        public RowStream open(ReadOptions options) {
            return right.open(options);
        }
    }
}
