package io.hybridsnapshot.engine.redaction;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.KeyedRowStream;
import io.hybridsnapshot.domain.window.SnapshotState;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import io.hybridsnapshot.engine.internal.catalogue.ArchivedCells;
import io.hybridsnapshot.engine.internal.catalogue.KnownSpecs;
import io.hybridsnapshot.engine.internal.recovery.Outbox;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One search through all places that may have rows of some keys. Not thread-safe; used once. */
final class RedactionSearch {
    private final SnapshotEnvironment environment;
    private final Outbox outbox;
    private final RedactionRequest request;
    private final Dataset dataset;
    private final Instant now;
    private final BitSet matched = new BitSet();
    private long searched;
    private long expected;

    RedactionSearch(SnapshotEnvironment environment, RedactionRequest request) {
        this.environment = environment;
        this.outbox = new Outbox(environment.workDirectory());
        this.now = environment.clock().instant();
        this.request = request;
        this.dataset = request.dataset();
    }

    RedactionPlan plan() {
        // In the order of a save, so that rows that move on meanwhile are found at the next place.
        List<WindowSnapshot> ledger = request.archives().isEmpty() ? withoutArchive() : List.of();
        List<RedactionPlan.WaitingFile> waiting = request.archives().isEmpty() ? waiting() : List.of();
        List<ArchivedSnapshot> archives = archives();
        expected = archives.stream()
                        .mapToLong(archive -> archive.rowCount().orElse(0))
                        .sum()
                + ledger.stream().mapToLong(WindowSnapshot::rowCount).sum();
        Set<ArchiveId> inWindow = environment.window().snapshots(dataset, Optional.empty()).stream()
                .map(WindowSnapshot::archiveId)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        List<RedactionPlan.Unarchived> unarchived =
                ledger.stream().map(this::unarchived).flatMap(Optional::stream).toList();
        List<RedactionPlan.Finding> findings = new ArrayList<>();
        for (ArchivedSnapshot archive : archives) {
            findings.add(finding(archive, inWindow));
        }
        List<Integer> unmatched = new ArrayList<>();
        int keys = request.keys().size();
        for (int key = matched.nextClearBit(0); key < keys; key = matched.nextClearBit(key + 1)) {
            unmatched.add(key + 1);
        }
        return new RedactionPlan(keys, unmatched, findings, waiting, unarchived, request.unfinished());
    }

    /** Returns the snapshots that the window has, wholly or in part, without a known archive. */
    private List<WindowSnapshot> withoutArchive() {
        List<WindowSnapshot> found = new ArrayList<>(environment.window().unfinished(dataset));
        environment.window().snapshots(dataset, Optional.empty()).stream()
                .filter(snapshot -> snapshot.archiveId().isEmpty())
                .forEach(found::add);
        return found.stream()
                .filter(snapshot ->
                        request.partition().map(snapshot.partition()::equals).orElse(true))
                .toList();
    }

    /** Searches the identities of a snapshot for the keys; empty if it has none of them. */
    private Optional<RedactionPlan.Unarchived> unarchived(WindowSnapshot snapshot) {
        Optional<HashSpec> spec = KnownSpecs.findOrPlain(dataset, snapshot.hashSpecId());
        Optional<Schema> schema = snapshot.schema()
                .filter(all -> dataset.findMissingKeyColumn(all).isEmpty());
        boolean searchable = snapshot.state() == SnapshotState.CURRENT || snapshot.state() == SnapshotState.PREVIOUS;
        if (!searchable || spec.isEmpty() || schema.isEmpty()) {
            return Optional.of(new RedactionPlan.Unarchived(snapshot, OptionalLong.empty()));
        }
        try {
            long rows = count(snapshot, new KeyMatcher(request, schema.get(), spec.get(), matched));
            return rows == 0
                    ? Optional.empty()
                    : Optional.of(new RedactionPlan.Unarchived(snapshot, OptionalLong.of(rows)));
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.CONFLICT) {
                // The snapshot has left the window meanwhile.
                return Optional.empty();
            }
            throw e;
        }
    }

    private long count(WindowSnapshot snapshot, KeyMatcher matcher) {
        long rows = 0;
        try (KeyedRowStream stream = environment.window().openRows(dataset, snapshot)) {
            for (Optional<KeyedHashes> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += matcher.matches(next.get());
                searched += next.get().size();
                request.progress().at(Progress.Step.READING, searched, searched > expected ? 0 : expected);
            }
        }
        return rows;
    }

    private List<ArchivedSnapshot> archives() {
        ArchiveQuery all = ArchiveQuery.of(dataset.name());
        List<ArchivedSnapshot> archives =
                environment.archive().list(request.partition().map(all::in).orElse(all));
        if (request.archives().isEmpty()) {
            return archives;
        }
        Set<ArchiveId> known = archives.stream().map(ArchivedSnapshot::id).collect(Collectors.toSet());
        Set<Long> missing = request.archives().stream()
                .filter(id -> !known.contains(id))
                .map(ArchiveId::value)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!missing.isEmpty()) {
            throw SnapshotException.invalidRequest("no such archives")
                    .where("dataset '" + dataset.name() + "'"
                            + request.partition()
                                    .map(partition -> ", partition '" + partition + "'")
                                    .orElse(""))
                    .actual(missing)
                    .expected("numbers of its archives")
                    .nextStep("{0} shows them", CommonRemedy.LIST)
                    .build();
        }
        return archives.stream()
                .filter(archive -> request.archives().contains(archive.id()))
                .toList();
    }

    private RedactionPlan.Finding finding(ArchivedSnapshot archive, Set<ArchiveId> inWindow) {
        try (SnapshotReader reader = ArchivedCells.open(environment, archive)) {
            Optional<String> missing = dataset.findMissingKeyColumn(reader.schema());
            if (missing.isPresent()) {
                return notSearchable(archive, RemedyText.of("it has no key column '{0}'", missing.get()));
            }
            long rows = count(reader, searchSpec(dataset, archive.hashSpecId()));
            if (rows == 0 && isHashedByUnknownRules(archive)) {
                // Under the archive's own rules, which are unknown here, a key may have been another row's identity.
                return notSearchable(archive, obstacle(archive).orElseThrow());
            }
            Schema keys = reader.schema().select(dataset.keyColumns());
            Judgement judgement = rows == 0 ? Judgement.CLEAN : judgement(archive, inWindow);
            return new RedactionPlan.Finding(
                    archive,
                    rows,
                    judgement.verdict(),
                    judgement.remark(),
                    keys.columns().stream().map(Column::type).toList(),
                    request.keys().unfit(keys));
        } catch (SnapshotException e) {
            if (e.kind() == SnapshotException.Kind.INVALID_REQUEST) {
                // A rule for a key column does not fit the column's type at that time.
                return notSearchable(archive, e.text());
            }
            throw e;
        }
    }

    private static RedactionPlan.Finding notSearchable(ArchivedSnapshot archive, RemedyText remark) {
        return new RedactionPlan.Finding(
                archive, 0, RedactionPlan.Verdict.NOT_SEARCHABLE, Optional.of(remark), List.of(), 0);
    }

    /** The decision about an archive, and its reason. */
    private record Judgement(RedactionPlan.Verdict verdict, Optional<RemedyText> remark) {
        static final Judgement CLEAN = new Judgement(RedactionPlan.Verdict.CLEAN, Optional.empty());
    }

    /** Decides about an archive that has such rows. */
    private Judgement judgement(ArchivedSnapshot archive, Set<ArchiveId> inWindow) {
        Optional<RemedyText> hold =
                archive.hold().filter(held -> held.holdsAt(now)).map(held -> RemedyText.plain(held.toString()));
        if (hold.isPresent()) {
            return new Judgement(RedactionPlan.Verdict.HELD, hold);
        }
        // A snapshot that is staged and not yet published refers to its archive as soon as it is recovered.
        boolean known = inWindow.contains(archive.id())
                || archive.snapshotId()
                        .flatMap(id -> environment.window().find(dataset, id))
                        .filter(entry ->
                                entry.state().isVisible() || entry.state().isUnfinished())
                        .isPresent();
        if (known) {
            return new Judgement(
                    RedactionPlan.Verdict.IN_WINDOW,
                    Optional.of(
                            RemedyText.of("snapshot of {0}, partition '{1}'", archive.date(), archive.partition())));
        }
        Optional<RemedyText> obstacle = obstacle(archive);
        return new Judgement(
                obstacle.isPresent() ? RedactionPlan.Verdict.NOT_REWRITABLE : RedactionPlan.Verdict.ERASABLE, obstacle);
    }

    private Optional<RemedyText> obstacle(ArchivedSnapshot archive) {
        if (archive.link().isEmpty()) {
            return Optional.of(RemedyText.plain("its record is in no chain"));
        }
        if (isHashedByUnknownRules(archive)) {
            return Optional.of(RemedyText.of(
                    "its rows were hashed by {0}, and the dataset's rules are {1}",
                    archive.hashSpecId().get(), dataset.hashSpec().id()));
        }
        return archive.fingerprint().isPresent() && archive.hashSpecId().isEmpty()
                ? Optional.of(RemedyText.plain("its record has a fingerprint and no hash spec"))
                : Optional.empty();
    }

    private boolean isHashedByUnknownRules(ArchivedSnapshot archive) {
        return archive.hashSpecId().isPresent()
                && KnownSpecs.findOrPlain(dataset, archive.hashSpecId()).isEmpty();
    }

    private List<RedactionPlan.WaitingFile> waiting() {
        List<RedactionPlan.WaitingFile> waiting = new ArrayList<>();
        Outbox.Contents contents = outbox.contents(dataset.name());
        List<ArchiveSubmission> entries = new ArrayList<>(contents.readable());
        contents.remnants().stream()
                .map(Outbox.Remnant::description)
                .flatMap(Optional::stream)
                .filter(remnant -> Files.exists(remnant.file().file()))
                .forEach(entries::add);
        for (ArchiveSubmission entry : entries) {
            if (request.partition().map(entry.partition()::equals).orElse(true)) {
                waitingFile(entry).ifPresent(waiting::add);
            }
        }
        contents.remnants().stream()
                .filter(remnant -> remnant.description().isEmpty())
                .forEach(remnant -> waiting.add(unsearched(
                        remnant.id(), RemedyText.plain("it belongs to a save that is under way or was interrupted"))));
        contents.damaged()
                .forEach(damaged ->
                        waiting.add(unsearched(damaged.id(), damaged.reason().text())));
        return waiting;
    }

    private static RedactionPlan.WaitingFile unsearched(SnapshotId id, RemedyText reason) {
        return new RedactionPlan.WaitingFile(id, Optional.empty(), 0, Optional.of(reason));
    }

    private Optional<RedactionPlan.WaitingFile> waitingFile(ArchiveSubmission entry) {
        long rows = 0;
        Optional<RemedyText> remark = Optional.empty();
        try (SnapshotReader reader = environment.codec().openReader(FileBytes.open(entry.file()))) {
            Optional<String> missing = dataset.findMissingKeyColumn(reader.schema());
            if (missing.isPresent()) {
                remark = Optional.of(RemedyText.of("it has no key column '{0}'", missing.get()));
            } else {
                rows = count(reader, searchSpec(dataset, Optional.of(entry.hashSpecId())));
            }
        } catch (SnapshotException e) {
            remark = Optional.of(e.text());
        }
        return rows == 0 && remark.isEmpty()
                ? Optional.empty()
                : Optional.of(new RedactionPlan.WaitingFile(
                        entry.snapshotId(), Optional.of(entry.partition()), rows, remark));
    }

    private long count(SnapshotReader reader, HashSpec spec) {
        KeyMatcher matcher = new KeyMatcher(request, reader.schema(), spec, matched);
        long rows = 0;
        ReadOptions options = ReadOptions.ALL.withColumns(dataset.keyColumns());
        try (RowStream stream = reader.rows(options)) {
            for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                rows += matcher.matches(next.get());
                searched += next.get().rowCount();
                request.progress().at(Progress.Step.READING, searched, searched > expected ? 0 : expected);
            }
        }
        return rows;
    }

    /**
     * Returns the rules by which keys are the same: those that an archive was hashed by, and for other writers'
     * archives the dataset's.
     */
    static HashSpec searchSpec(Dataset dataset, Optional<String> id) {
        return KnownSpecs.findOrPlain(dataset, id).orElse(dataset.hashSpec());
    }
}
