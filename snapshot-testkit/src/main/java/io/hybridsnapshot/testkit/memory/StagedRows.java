package io.hybridsnapshot.testkit.memory;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.ColumnVector;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The rows of one snapshot of the in-memory window: the batches as they came. Filled by one thread, then only read. */
final class StagedRows {
    private final List<KeyedHashes> hashes = new ArrayList<>();
    private final List<List<Optional<String>>> carried = new ArrayList<>();

    /** Adds rows with the text of their carried columns. */
    void add(Dataset dataset, RowBatch batch, KeyedHashes identities) {
        if (batch.rowCount() != identities.size()) {
            throw new IllegalArgumentException(
                    batch.rowCount() + " rows with " + identities.size() + " identities and hashes");
        }
        int[] positions = new int[dataset.carriedColumns().size()];
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

    /** Adds rows of which nothing is carried. */
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
