package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChangeSetSubmission;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.internal.changeset.ChangeSetMaker;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes the change set of a save, from the file of the snapshot before and the one just written. A snapshot needs none:
 * where it cannot be made, {@link io.hybridsnapshot.engine.history.BuildChangeSets} may make it later. Stateless.
 */
final class SaveChangeSet {
    /** Archives of interrupted saves may be newer than the last published one. */
    private static final int NEWEST = 8;

    private final SnapshotEnvironment environment;
    private final SaveRequest request;

    SaveChangeSet(SnapshotEnvironment environment, SaveRequest request) {
        this.environment = environment;
        this.request = request;
    }

    /**
     * Makes the change set.
     *
     * @param current the window's current snapshot, with which the new one was compared
     * @param file the new snapshot's file
     * @return empty if the archive keeps none, if its newest published snapshot is not the window's current one, if rows
     *     were erased from it, or if the two files cannot be compared or differ too much
     */
    Optional<ChangeSetSubmission> of(Optional<WindowSnapshot> current, WrittenFile file, Scratch scratch) {
        if (request.archiveMode() == ArchiveMode.OFF || current.isEmpty()) {
            return Optional.empty();
        }
        try {
            return environment.archive().changeSets().isEmpty()
                    ? Optional.empty()
                    : base(current.get()).flatMap(base -> between(base, file, scratch));
        } catch (SnapshotException e) {
            // The snapshot is saved without. A failure that matters to it is met again when it is archived.
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Returns the newest published archive, if it is that of the window's current snapshot and has all its rows. */
    private Optional<ArchivedSnapshot> base(WindowSnapshot current) {
        ArchiveQuery query = ArchiveQuery.of(request.dataset().name()).in(request.partition());
        return environment.archive().list(query.newest(NEWEST)).stream()
                .filter(ArchivedSnapshot::published)
                .findFirst()
                .filter(archive ->
                        archive.snapshotId().isPresent() && archive.snapshotId().equals(current.id()))
                .filter(archive -> environment
                        .archive()
                        .audit()
                        .map(audit -> audit.redactions(query).stream()
                                .noneMatch(redaction -> redaction.archive().equals(archive.id())))
                        .orElse(true));
    }

    private Optional<ChangeSetSubmission> between(ArchivedSnapshot base, WrittenFile file, Scratch scratch) {
        Path before = scratch.file("base");
        new LoadSnapshot(environment).copyTo(base, before);
        return new ChangeSetMaker(environment, request.dataset())
                .between(base, before, file.file(), file.size(), scratch.directory())
                .submission();
    }
}
