package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.DoubleVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.TimestampVector;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.testkit.contract.SnapshotCodecContract;
import io.hybridsnapshot.testkit.data.Table;
import io.hybridsnapshot.testkit.memory.ArrayBytes;
import io.hybridsnapshot.testkit.memory.InMemorySnapshotCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The codec's contract can fail: each codec here has one fault, and the facts about it find it. */
class BrokenCodecTest {
    @Test
    void codecWithoutFaultPasses() {
        ContractRun.of(WithoutFault.class).assertAllPassed();
    }

    static class WithoutFault extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding();
        }
    }

    @Test
    void zeroThatLosesItsSignIsFound() {
        ContractRun.of(PositiveZero.class).assertFailed("everyTypeComesBackAsItIs");
    }

    static class PositiveZero extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new ChangingCells() {
                @Override
                void append(ColumnVector from, int row, ColumnVector to) {
                    if (from instanceof DoubleVector doubles) {
                        ((DoubleVector) to).append(doubles.get(row) + 0.0);
                    } else {
                        to.appendFrom(from, row);
                    }
                }
            };
        }
    }

    @Test
    void loneSurrogateThatIsReplacedIsFound() {
        ContractRun.of(ReplacesSurrogates.class).assertFailed("everyTypeComesBackAsItIs");
    }

    static class ReplacesSurrogates extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new ChangingCells() {
                @Override
                void append(ColumnVector from, int row, ColumnVector to) {
                    if (from instanceof BytesVector bytes && bytes.text(row).indexOf('\uD800') >= 0) {
                        ((BytesVector) to).append(bytes.text(row).replace('\uD800', '?'));
                    } else {
                        to.appendFrom(from, row);
                    }
                }
            };
        }
    }

    @Test
    void emptyTextThatBecomesNullIsFound() {
        ContractRun.of(EmptyIsNull.class).assertFailed("everyTypeComesBackAsItIs");
    }

    static class EmptyIsNull extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new ChangingCells() {
                @Override
                void append(ColumnVector from, int row, ColumnVector to) {
                    if (from instanceof BytesVector bytes && bytes.length(row) == 0) {
                        to.appendNull();
                    } else {
                        to.appendFrom(from, row);
                    }
                }
            };
        }
    }

    @Test
    void timesOutsideOfSixtyFourBitsOfNanosecondsThatWrapAreFound() {
        ContractRun.of(NanosWrap.class).assertFailed("everyTypeComesBackAsItIs");
    }

    /** The years 1 and 9999 as nanoseconds since 1970 in one word, which overflow. */
    static class NanosWrap extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new ChangingCells() {
                @Override
                void append(ColumnVector from, int row, ColumnVector to) {
                    if (from instanceof TimestampVector times) {
                        long nanos = times.epochSecond(row) * 1_000_000_000 + times.nanoOfSecond(row);
                        ((TimestampVector) to)
                                .append(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000));
                    } else {
                        to.appendFrom(from, row);
                    }
                }
            };
        }
    }

    @Test
    void columnsInTheFilesOrderAreFound() {
        ContractRun.of(FileOrder.class).assertFailed("columnsComeInTheOrderAskedFor");
    }

    static class FileOrder extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                ReadOptions options(Schema schema, ReadOptions asked) {
                    List<String> names = new ArrayList<>(asked.columns());
                    names.sort(Comparator.comparingInt(name -> schema.find(name).orElse(0)));
                    return asked.withColumns(names);
                }
            };
        }
    }

    @Test
    void batchesThatAreLargerThanAskedForAreFound() {
        ContractRun.of(LargeBatches.class).assertFailed("batchesHaveNoMoreRowsThanAskedForAndAreNeverEmpty");
    }

    static class LargeBatches extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                ReadOptions options(Schema schema, ReadOptions asked) {
                    return new ReadOptions(asked.columns(), asked.batchRows() + 1, asked.knownTypes());
                }
            };
        }
    }

    @Test
    void ordinalsThatAreOffByOneAreFound() {
        ContractRun.of(OffByOne.class).assertFailed("rowsAtAgreesWithANaiveFilter");
    }

    static class OffByOne extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                long[] ordinals(long[] asked) {
                    long[] shifted = asked.clone();
                    for (int i = 0; i < shifted.length; i++) {
                        shifted[i] = Math.max(0, shifted[i] - 1);
                    }
                    return shifted;
                }
            };
        }
    }

    @Test
    void metadataThatIsLostIsFound() {
        ContractRun.of(LosesMetadata.class).assertFailed("metadataIsKept");
    }

    static class LosesMetadata extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
                    return super.openWriter(file, schema, Map.of());
                }
            };
        }
    }

    @Test
    void unfinishedFileThatStaysIsFound() {
        ContractRun.of(LeavesFiles.class).assertFailed("unfinishedFileIsDeletedOnClose");
    }

    static class LeavesFiles extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
                    SnapshotWriter right = super.openWriter(file, schema, metadata);
                    return new SnapshotWriter() {
                        private boolean finished;

                        @Override
                        public void append(RowBatch batch) {
                            right.append(batch);
                        }

                        @Override
                        public WrittenFile finish() {
                            finished = true;
                            return right.finish();
                        }

                        @Override
                        public void close() {
                            if (!finished) {
                                right.finish();
                            }
                            right.close();
                        }
                    };
                }
            };
        }
    }

    @Test
    void readerThatFetchesTheWholeFileIsFound() {
        ContractRun.of(FetchesAll.class).assertFailed("onlyTheBytesOfTheColumnsAskedForAreFetched");
    }

    static class FetchesAll extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                public SnapshotReader openReader(SeekableBytes bytes) {
                    byte[] all = new byte[(int) bytes.length()];
                    bytes.read(0, all, 0, all.length);
                    SnapshotReader right;
                    try {
                        right = super.openReader(new ArrayBytes(bytes.description(), all));
                    } catch (SnapshotException e) {
                        bytes.close();
                        throw e;
                    }
                    return new ForwardingReader(right) {
                        @Override
                        public void close() {
                            super.close();
                            bytes.close();
                        }
                    };
                }
            };
        }
    }

    @Test
    void bytesThatStayOpenAreFound() {
        ContractRun.of(LeavesBytesOpen.class)
                .assertFailed("readerClosesTheBytesWithItself", "bytesAreClosedIfOpeningFails");
    }

    static class LeavesBytesOpen extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                public SnapshotReader openReader(SeekableBytes bytes) {
                    return super.openReader(new SeekableBytes() {
                        @Override
                        public long length() {
                            return bytes.length();
                        }

                        @Override
                        public void read(long position, byte[] target, int offset, int length) {
                            bytes.read(position, target, offset, length);
                        }

                        @Override
                        public String description() {
                            return bytes.description();
                        }

                        @Override
                        public void close() {
                            // The fault.
                        }
                    });
                }
            };
        }
    }

    @Test
    void rowsThatAreChangedWithoutAWordAreFound() {
        ContractRun.of(ForgivesDamage.class).assertFailed("changedRowsAreCorrupt", "fileThatWasCutIsCorrupt");
    }

    /** Answers a damaged file with no rows at all. */
    static class ForgivesDamage extends SnapshotCodecContract {
        @Override
        protected SnapshotCodec codec() {
            return new Forwarding() {
                @Override
                public SnapshotReader openReader(SeekableBytes bytes) {
                    try (SnapshotReader right = super.openReader(bytes);
                            RowStream stream = right.rows(ReadOptions.ALL)) {
                        Table rows = Table.read(stream);
                        return new TableReader(rows, right.metadata());
                    } catch (SnapshotException damaged) {
                        return new TableReader(new Table(Schema.of(), List.of()), Map.of());
                    }
                }
            };
        }
    }

    private record TableReader(Table rows, Map<String, String> metadata) implements SnapshotReader {
        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public long rowCount() {
            return rows.rowCount();
        }

        @Override
        public RowStream rows(ReadOptions options) {
            return rows.stream(options);
        }

        @Override
        public RowStream rowsAt(long[] ordinals, ReadOptions options) {
            return rows.rowsAt(ordinals).stream(options);
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    /** A codec that works correctly. The broken codecs override the methods that they break. */
    private static class Forwarding implements SnapshotCodec {
        private final InMemorySnapshotCodec right = new InMemorySnapshotCodec();

        @SuppressWarnings("unused") // Broken ones need the schema.
        ReadOptions options(Schema schema, ReadOptions asked) {
            return asked;
        }

        long[] ordinals(long[] asked) {
            return asked;
        }

        @Override
        public String format() {
            return right.format();
        }

        @Override
        public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
            return right.openWriter(file, schema, metadata);
        }

        @Override
        public SnapshotReader openReader(SeekableBytes bytes) {
            return new ForwardingReader(right.openReader(bytes)) {
                @Override
                public RowStream rows(ReadOptions options) {
                    return super.rows(options(schema(), options));
                }

                @Override
                public RowStream rowsAt(long[] ordinals, ReadOptions options) {
                    return super.rowsAt(ordinals(ordinals), options(schema(), options));
                }
            };
        }
    }

    private static class ForwardingReader implements SnapshotReader {
        private final SnapshotReader right;

        ForwardingReader(SnapshotReader right) {
            this.right = right;
        }

        @Override
        public Schema schema() {
            return right.schema();
        }

        @Override
        public long rowCount() {
            return right.rowCount();
        }

        @Override
        public Map<String, String> metadata() {
            return right.metadata();
        }

        @Override
        public RowStream rows(ReadOptions options) {
            return right.rows(options);
        }

        @Override
        public RowStream rowsAt(long[] ordinals, ReadOptions options) {
            return right.rowsAt(ordinals, options);
        }

        @Override
        public void close() {
            right.close();
        }
    }

    /** Gives each cell that is written, NULLs aside, to its subclass to break. */
    private abstract static class ChangingCells extends Forwarding {
        abstract void append(ColumnVector from, int row, ColumnVector to);

        @Override
        public SnapshotWriter openWriter(Path file, Schema schema, Map<String, String> metadata) {
            SnapshotWriter right = super.openWriter(file, schema, metadata);
            return new SnapshotWriter() {
                @Override
                public void append(RowBatch batch) {
                    List<ColumnVector> changed = RowBatch.vectorsFor(schema, batch.rowCount());
                    for (int column = 0; column < changed.size(); column++) {
                        for (int row = 0; row < batch.rowCount(); row++) {
                            if (batch.vector(column).isNull(row)) {
                                changed.get(column).appendNull();
                            } else {
                                ChangingCells.this.append(batch.vector(column), row, changed.get(column));
                            }
                        }
                    }
                    right.append(new RowBatch(schema, changed));
                }

                @Override
                public WrittenFile finish() {
                    return right.finish();
                }

                @Override
                public void close() {
                    right.close();
                }
            };
        }
    }
}
