package io.hybridsnapshot.engine.internal.changeset;

import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.changeset.ChangeSetFormat;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Makes the submission of a change set from two local files of the environment's format. Stateless. */
public final class ChangeSetMaker {
    private final SnapshotEnvironment environment;
    private final Dataset dataset;

    /** Makes change sets of a dataset. */
    public ChangeSetMaker(SnapshotEnvironment environment, Dataset dataset) {
        this.environment = environment;
        this.dataset = dataset;
    }

    /**
     * The result.
     *
     * @param submission the change set; its file is in the directory that was given
     * @param refusal why there is none; empty if there is one
     */
    public record Made(Optional<ChangeSetSubmission> submission, Optional<ChangeSetBuilder.Refusal> refusal) {}

    /**
     * Compares two files.
     *
     * @param base the archive of the earlier snapshot
     * @param before its file
     * @param after the file of the later snapshot
     * @param afterSize bytes of the later file
     * @param directory for the file of the change set, and for sorting
     * @throws io.hybridsnapshot.domain.error.SnapshotException CORRUPT if a file is damaged; UNAVAILABLE if the disk is
     *     full
     */
    public Made between(ArchivedSnapshot base, Path before, Path after, long afterSize, Path directory) {
        try (SnapshotReader earlier =
                        environment.codec().openReader(FileBytes.openCopy(before, "archive " + base.id()));
                SnapshotReader later = environment.codec().openReader(FileBytes.openCopy(after, "the next snapshot"));
                RowHashing hashing = new RowHashing(directory, environment.rowsInMemory())) {
            Map<String, String> notes = new HashMap<>();
            notes.put(ChangeSetFormat.BASE_ARCHIVE_KEY, base.id().toString());
            base.snapshotId().map(SnapshotId::toString).ifPresent(id -> notes.put(ChangeSetFormat.BASE_BATCH_KEY, id));
            ChangeSetBuilder.Result result = new ChangeSetBuilder(environment.codec(), dataset, hashing)
                    .build(earlier, later, afterSize, notes, directory.resolve("change-set"));
            return new Made(
                    result.built()
                            .map(built ->
                                    new ChangeSetSubmission(base.id(), built.file(), built.counts(), built.filter())),
                    result.refusal());
        }
    }
}
