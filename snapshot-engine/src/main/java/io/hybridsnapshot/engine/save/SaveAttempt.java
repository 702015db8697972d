package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.window.StagingRequest;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.domain.window.WindowWriter;
import io.hybridsnapshot.engine.comparison.DeltaBasis;
import io.hybridsnapshot.engine.comparison.DeltaReport;
import io.hybridsnapshot.engine.internal.comparison.Comparison;
import io.hybridsnapshot.engine.internal.comparison.SourceSide;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.RowPass;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.recovery.PublishedMarks;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import io.hybridsnapshot.engine.recovery.Recovery;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One snapshot on its way: staged, compared, sealed, archived and published. One thread. */
final class SaveAttempt {
    private final SnapshotEnvironment environment;
    private final SaveRequest request;
    private final Dataset dataset;
    private final SnapshotId id;
    private final WindowWriter writer;
    private final Comparison comparison;
    private final Scratch scratch;
    private final RowHashing hashing;
    private SaveDate date;

    SaveAttempt(
            SnapshotEnvironment environment,
            SaveRequest request,
            SaveDate date,
            WindowWriter writer,
            Comparison comparison,
            Scratch scratch,
            RowHashing hashing) {
        this.environment = environment;
        this.request = request;
        this.dataset = request.dataset();
        this.id = request.id();
        this.date = date;
        this.writer = writer;
        this.comparison = comparison;
        this.scratch = scratch;
        this.hashing = hashing;
    }

    /** Saves the rows of a source. If it fails before its archive is committed, nothing of the snapshot stays. */
    SaveResult run(SourceSide source, Optional<WindowSnapshot> previous, List<Recovery> recovered) {
        Schema schema = source.schema().orElseThrow();
        SnapshotStaging staging =
                SnapshotStaging.of(environment, request, writer, comparison, hashing, previous, schema);
        int number = writer.begin(
                new StagingRequest(id, date.date(), dataset.hashSpec().id(), schema));
        SaveArchiving archiving = new SaveArchiving(environment, request, writer, number);
        RowPass.Rows staged;
        DeltaReport report;
        try {
            date = date.comparedWith(
                    environment.window().find(dataset, id).flatMap(WindowSnapshot::startedAt),
                    environment.clock().instant(),
                    request);
            staged = read(source, staging.receiver());
            staging.afterPass(source);
            DeltaReport found = comparison.report(
                    hashing,
                    staging.inDatabase(),
                    Comparison.needed(request.details(), request.expectations()),
                    request.progress());
            SaveGuards guards = new SaveGuards(request, writer, staging.isAsRecorded());
            guards.requireConsent(staged.rows().size(), found.counts(), comparison.leftOut(), comparison.mismatch());
            report = comparison.checked(found, request.expectations(), request.details());
            guards.requireExpected(report.expectations());
            staging.seal(staged, source);
        } catch (RuntimeException e) {
            archiving.discard(e);
            throw e;
        }
        SaveArchiving.Archived archived = request.archiveMode() == ArchiveMode.OFF
                ? SaveArchiving.Archived.NOT
                : archiving.archive(submission(schema, staged, report, number));
        Optional<ArchiveId> archiveId = archived.snapshot().map(ArchivedSnapshot::id);
        RowPass.Rows rows = staged;
        WindowSnapshot published = published(() -> staging.publish(rows, source, archiveId), archiving);
        Optional<ArchivedSnapshot> marked = archived.snapshot().map(new PublishedMarks(environment)::set);
        SaveResult.Outcome outcome =
                archived.failure().isPresent() ? SaveResult.Outcome.SAVED_ARCHIVE_PENDING : SaveResult.Outcome.SAVED;
        return new SaveResult(
                outcome,
                published,
                marked,
                Optional.of(report),
                recovered,
                date.dating(),
                date.remarks(),
                archived.failure());
    }

    private RowPass.Rows read(SourceSide source, RowPass.Receiver window) {
        Map<String, String> notes = Map.of(
                SaveSnapshot.DATASET_KEY, dataset.name(),
                SaveSnapshot.PARTITION_KEY, request.partition().name(),
                SaveSnapshot.BATCH_ID_KEY, id.toString(),
                SaveSnapshot.DATE_KEY, date.date().toString(),
                SaveSnapshot.HASH_SPEC_KEY, dataset.hashSpec().id());
        return comparison.read(source, hashing, scratch.file("rows"), notes, window);
    }

    private ArchiveSubmission submission(Schema schema, RowPass.Rows staged, DeltaReport report, int number) {
        return ArchiveSubmission.builder(
                        id,
                        dataset.name(),
                        request.partition(),
                        date.date(),
                        staged.file().orElseThrow())
                .sourceDatabase(dataset.sourceDatabase())
                .columnCount(schema.size())
                .schemaHash(schema.hash())
                .hashSpecId(dataset.hashSpec().id())
                .fingerprint(staged.inspection().fingerprint())
                .retentionUntil(request.retentionUntil())
                .tags(request.tags())
                // If only keys could be compared, the number of changed rows is unknown.
                .changes(report.basis() == DeltaBasis.KEYS_ONLY ? Optional.empty() : Optional.of(report.counts()))
                .attempt(number)
                .build();
    }

    private WindowSnapshot published(Supplier<WindowSnapshot> publishing, SaveArchiving archiving) {
        try {
            request.progress().at(Progress.Step.PUBLISHING, 0);
            WindowSnapshot published = publishing.get();
            request.progress().at(Progress.Step.PUBLISHING, published.rowCount());
            return published;
        } catch (SnapshotException e) {
            if (e.kind() != SnapshotException.Kind.OUTCOME_UNKNOWN) {
                archiving.removeIfUndone(e);
            }
            throw e;
        }
    }
}
