package io.hybridsnapshot.engine.history;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.Partition;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Shows rows of one archived snapshot. Of its file, the columns that find the rows are fetched, and then the rows. The
 * checksums of the file format guard these bytes. Stateless; safe to share if the environment's parts are.
 */
public final class ShowRows {
    private final SnapshotEnvironment environment;
    private final LoadSnapshot load;

    /** Makes the use case in an environment. */
    public ShowRows(SnapshotEnvironment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.load = new LoadSnapshot(environment);
    }

    /**
     * Returns rows of a state.
     *
     * @param partition empty: as {@link LoadSnapshot#find(Dataset, Optional, SnapshotReference)} chooses it
     * @throws SnapshotException INVALID_REQUEST if there is no such archived snapshot, or if it lacks a column that
     *     finds the rows; CORRUPT if a file is damaged; UNAVAILABLE if the archive cannot be reached
     */
    public ShownRows show(
            Dataset dataset, Optional<Partition> partition, SnapshotReference reference, RowSelection rows) {
        ArchivedSnapshot archive = load.find(dataset, partition, reference);
        ArchivedRows files = new ArchivedRows(environment, dataset);
        Schema schema = files.schema(archive);
        dataset.keyColumns().forEach(column -> requireColumn(schema, column, archive));
        if (rows instanceof RowSelection.WithValue wanted) {
            requireColumn(schema, wanted.column(), archive);
        }
        Set<UUID> identities = rows instanceof RowSelection.OfKeys keys
                ? files.identities(archive, keys.keys())
                : identities(files, archive, (RowSelection.WithValue) rows);
        files.want(identities);
        List<Map<String, Optional<String>>> found = identities.isEmpty()
                ? List.of()
                : files.of(archive).rows().values().stream()
                        .sorted(Comparator.comparing(row -> keyText(dataset, row)))
                        .toList();
        return new ShownRows(archive, schema, dataset.keyColumns(), found);
    }

    private static String keyText(Dataset dataset, Map<String, Optional<String>> row) {
        return dataset.keyColumns().stream().map(row::get).toList().toString();
    }

    private static Set<UUID> identities(ArchivedRows files, ArchivedSnapshot archive, RowSelection.WithValue wanted) {
        return files.identities(archive, wanted.column(), wanted.value());
    }

    private static void requireColumn(Schema schema, String name, ArchivedSnapshot archive) {
        if (schema.find(name).isEmpty()) {
            throw SnapshotException.invalidRequest("the archived snapshot lacks the column")
                    .where("archive " + archive.id())
                    .actual("'" + name + "'")
                    .expected(NearestName.among(schema.names(), name)
                            .map(nearest -> "a column of it (did you mean '" + nearest + "'?)")
                            .orElse("a column of it"))
                    .nextStep("{0} shows the columns", CommonRemedy.LIST_COLUMNS)
                    .build();
        }
    }
}
