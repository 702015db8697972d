package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.BytesVector;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.batch.UuidVector;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.StoredHash;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.testkit.data.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/** The rows of one snapshot of the in-memory window: the batches as they came. Filled by one thread, then only read. */
final class StagedRows {
    private final List<KeyedHashes> hashes = new ArrayList<>();
    private final List<List<Optional<String>>> carried = new ArrayList<>();
    private List<String> columns = List.of();

    /** Adds rows with the text of their carried columns. */
    void add(Dataset dataset, RowBatch batch, KeyedHashes identities) {
        if (batch.rowCount() != identities.size()) {
            throw new IllegalArgumentException(
                    batch.rowCount() + " rows with " + identities.size() + " identities and hashes");
        }
        columns = dataset.carriedColumns();
        int[] positions = new int[columns.size()];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = batch.schema().indexOf(dataset.carriedColumns().get(i));
        }
        add(identities);
        for (int row = 0; row < batch.rowCount(); row++) {
            List<Optional<String>> texts = new ArrayList<>(positions.length);
            for (int position : positions) {
                texts.add(text(batch.schema().column(position).type(), batch.vector(position), row));
            }
            carried.add(texts);
        }
    }

    /** Those of the rows that a condition lets stay. */
    StagedRows where(Predicate<UUID> stays) {
        StagedRows remaining = new StagedRows();
        remaining.columns = columns;
        int at = 0;
        for (KeyedHashes batch : hashes) {
            KeyedHashes kept = new KeyedHashes(batch.size());
            for (int row = 0; row < batch.size(); row++) {
                if (stays.test(batch.identity(row))) {
                    append(kept, batch, row);
                    if (!carried.isEmpty()) {
                        remaining.carried.add(carried.get(at));
                    }
                }
                at++;
            }
            if (kept.size() > 0) {
                remaining.hashes.add(kept);
            }
        }
        return remaining;
    }

    /** These rows and others behind them. */
    StagedRows with(StagedRows others) {
        StagedRows both = new StagedRows();
        both.columns = columns;
        both.hashes.addAll(hashes);
        both.hashes.addAll(others.hashes);
        both.carried.addAll(carried);
        both.carried.addAll(others.carried);
        return both;
    }

    private static void append(KeyedHashes to, KeyedHashes from, int row) {
        to.append(
                from.identityHigh(row),
                from.identityLow(row),
                from.hashWord(row, 0),
                from.hashWord(row, 1),
                from.hashWord(row, 2),
                from.hashWord(row, 3));
    }

    /**
     * Adds rows with NULL in every carried column, as a foreign writer does if its statement names none of those
     * columns.
     */
    void addForeign(Dataset dataset, KeyedHashes identities) {
        add(identities);
        List<Optional<String>> nothing =
                Collections.nCopies(dataset.carriedColumns().size(), Optional.empty());
        for (int row = 0; row < identities.size(); row++) {
            carried.add(nothing);
        }
    }

    /** Adds rows without carried columns. */
    void add(KeyedHashes identities) {
        if (identities.missingIdentities() > 0) {
            throw SnapshotException.invalidRequest("rows without identity")
                    .actual(identities.missingIdentities() + " rows whose key is NULL")
                    .expected("a key in every row")
                    .nextStep("correct the source or the dataset's key columns")
                    .build();
        }
        if (identities.size() > 0) {
            hashes.add(identities);
        }
    }

    /** The batches so far, as of now. */
    List<KeyedHashes> hashes() {
        return List.copyOf(hashes);
    }

    long size() {
        return hashes.stream().mapToLong(KeyedHashes::size).sum();
    }

    /** Gives a row another text in a carried column. */
    void carry(UUID identity, String column, Optional<String> text) {
        int at = 0;
        for (KeyedHashes batch : hashes) {
            for (int row = 0; row < batch.size(); row++) {
                if (batch.identity(row).equals(identity)) {
                    List<Optional<String>> texts = new ArrayList<>(carried.get(at));
                    texts.set(columns.indexOf(column), text);
                    carried.set(at, texts);
                }
                at++;
            }
        }
    }

    /** Gives a row another hash. */
    void rehash(UUID identity, String hash) {
        for (int at = 0; at < hashes.size(); at++) {
            KeyedHashes batch = hashes.get(at);
            KeyedHashes changed = new KeyedHashes(batch.size());
            for (int row = 0; row < batch.size(); row++) {
                if (batch.identity(row).equals(identity)) {
                    StoredHash.append(changed, batch.identityHigh(row), batch.identityLow(row), hash);
                } else {
                    append(changed, batch, row);
                }
            }
            hashes.set(at, changed);
        }
    }

    /** The columns that were carried when the rows came; none where there are no rows. */
    List<String> columns() {
        return columns;
    }

    /** The hash of every row by its identity. */
    Map<UUID, String> hashesByIdentity() {
        Map<UUID, String> found = new HashMap<>();
        for (KeyedHashes batch : hashes) {
            for (int row = 0; row < batch.size(); row++) {
                found.put(batch.identity(row), batch.hex(row));
            }
        }
        return found;
    }

    /** The identities and the texts of those of some columns that were carried when the rows came. */
    RowStream openCarried(List<String> wanted) {
        List<String> known = wanted.stream().filter(columns::contains).toList();
        Schema schema = WindowStore.carriedSchema(known);
        List<RowBatch> batches = new ArrayList<>();
        int at = 0;
        for (KeyedHashes batch : hashes) {
            List<ColumnVector> vectors = RowBatch.vectorsFor(schema, batch.size());
            for (int row = 0; row < batch.size(); row++) {
                ((UuidVector) vectors.get(0)).append(batch.identity(row));
                List<Optional<String>> texts = carried.get(at++);
                for (int i = 0; i < known.size(); i++) {
                    BytesVector vector = (BytesVector) vectors.get(i + 1);
                    texts.get(columns.indexOf(known.get(i))).ifPresentOrElse(vector::append, vector::appendNull);
                }
            }
            batches.add(new RowBatch(schema, vectors));
        }
        return new Table(schema, batches).stream();
    }

    Map<UUID, List<Optional<String>>> carriedTexts() {
        Map<UUID, List<Optional<String>>> texts = new HashMap<>();
        int at = 0;
        for (KeyedHashes batch : hashes) {
            for (int row = 0; row < batch.size(); row++) {
                texts.put(batch.identity(row), List.copyOf(carried.get(at++)));
            }
        }
        return texts;
    }

    private static Optional<String> text(ColumnType type, ColumnVector vector, int row) {
        return vector.isNull(row) ? Optional.empty() : Optional.of(CellText.of(type, vector, row));
    }
}
