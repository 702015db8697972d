package io.hybridsnapshot.engine.internal.pass;

import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stops rows without identity and rows that share one. One thread. */
final class IdentityCheck {
    /** Characters of each key column that an error shows. */
    private static final int KEY_SHOWN = 80;

    private final Dataset dataset;
    private final String place;
    private final List<Long> withoutIdentity = new ArrayList<>();
    private long missing;
    private long seen;

    /** Checks the rows of a snapshot's file. */
    IdentityCheck(Dataset dataset) {
        this.dataset = dataset;
        this.place = of(dataset);
    }

    /** Checks the rows of a source, which errors name by its description. */
    IdentityCheck(Dataset dataset, String source) {
        this.dataset = dataset;
        this.place = source + ", " + of(dataset);
    }

    private static String of(Dataset dataset) {
        return "dataset '" + dataset.name() + "', key " + dataset.keyColumns();
    }

    void add(KeyedHashes hashes) {
        if (hashes.missingIdentities() > 0) {
            missing += hashes.missingIdentities();
            for (int row = 0; row < hashes.size() && withoutIdentity.size() < RowHashing.OFFENDERS; row++) {
                if (hashes.lacksIdentity(row)) {
                    withoutIdentity.add(seen + row);
                }
            }
        }
        seen += hashes.size();
    }

    boolean allIdentified() {
        return missing == 0;
    }

    void requireIdentities(RowStream stream) {
        if (missing > 0) {
            throw SnapshotException.invalidRequest("rows have no identity: the key is NULL")
                    .where(place)
                    .actual(missing + (missing == 1 ? " row" : " rows") + ", first at "
                            + String.join(
                                    ", ",
                                    withoutIdentity.stream().map(stream::place).toList()))
                    .expected("a key in every row")
                    .nextStep("correct the source or name other key columns")
                    .build();
        }
    }

    void requireUnique(SortedKeyedRows.Duplicates duplicates, RowStream stream, Optional<SnapshotReader> file) {
        if (duplicates.isEmpty()) {
            return;
        }
        List<String> examples = new ArrayList<>();
        String first = duplicates.count() + (duplicates.count() == 1 ? " row" : " rows") + " too many, first ";
        for (SortedKeyedRows.Duplicate duplicate : duplicates.examples()) {
            examples.add((examples.isEmpty() ? first : "")
                    + file.map(reader -> keyText(reader, duplicate.firstOrdinal()))
                            .orElse(duplicate.identity().toString())
                    + " (" + stream.place(duplicate.firstOrdinal()) + " and "
                    + stream.place(duplicate.secondOrdinal()) + ")");
        }
        throw SnapshotException.invalidRequest("rows share one identity")
                .where(place)
                .actual(examples)
                .expected("every key once")
                .nextStep("correct the source or name more key columns")
                .build();
    }

    private String keyText(SnapshotReader reader, long ordinal) {
        ReadOptions keys = ReadOptions.ALL.withColumns(dataset.keyColumns());
        List<String> texts = new ArrayList<>();
        try (RowStream rows = reader.rowsAt(new long[] {ordinal}, keys)) {
            RowBatch batch = rows.next().orElseThrow();
            for (int column = 0; column < batch.schema().size(); column++) {
                texts.add(
                        batch.vector(column).isNull(0)
                                ? "NULL"
                                : "'"
                                        + SafeText.cut(
                                                CellText.of(
                                                        batch.schema()
                                                                .column(column)
                                                                .type(),
                                                        batch.vector(column),
                                                        0),
                                                KEY_SHOWN)
                                        + "'");
            }
        }
        return String.join(", ", texts);
    }
}
