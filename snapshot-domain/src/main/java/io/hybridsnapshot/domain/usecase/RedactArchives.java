package io.hybridsnapshot.domain.usecase;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.archive.ChainLink;
import io.hybridsnapshot.domain.archive.Damage;
import io.hybridsnapshot.domain.archive.RedactionSubmission;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.codec.FileBytes;
import io.hybridsnapshot.domain.codec.SnapshotReader;
import io.hybridsnapshot.domain.codec.SnapshotWriter;
import io.hybridsnapshot.domain.codec.WrittenFile;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.delta.KeyedRowSorter;
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.domain.window.WindowSnapshot;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Erases rows from archives, as erasure requests ask for: a plan first, then every archive that has such rows is rewritten without them. Each
 * archive is replaced in one transaction of its own, so a run that was interrupted is simply run again: archives without the rows are left alone.
 *
 * <p>The window is never rewritten: what it still has, its archives keep as well, until saves have rolled both out of it. No key is
 * stored, logged or named in an error. Memory is bounded by batches, and by the keys.
 */
public final class RedactArchives {
    private final SnapshotEnvironment environment;
    private final LoadSnapshot load;
    private final Outbox outbox;

    /** The use case in an environment. */
    public RedactArchives(SnapshotEnvironment environment) {
        this.environment = environment;
        this.load = new LoadSnapshot(environment);
        this.outbox = new Outbox(environment.workDirectory());
    }

    /**
     * Searches for the rows, reading the key columns alone; changes nothing.
     *
     * @throws SnapshotException INVALID_REQUEST if an archive asked for is not one of the dataset (and the partition)
     */
    public RedactionPlan plan(RedactionRequest request) {
        return new Search(request).plan();
    }

    /**
     * Searches for the rows and erases them, oldest archive first.
     *
     * @param reason why, for the audit record; it must not tell a key
     * @throws SnapshotException as {@link #plan} does; INVALID_REQUEST for a reason that is blank or tells a key, or if an archive cannot be
     *     searched or rewritten; CONFLICT if an archive with such rows is held, is in the window or waits in the outbox; CORRUPT if the
     *     stored bytes of one are not what its record says: in all of these cases nothing was changed. CONFLICT also if an archive was
     *     changed meanwhile, CORRUPT if its rows do not have its fingerprint: archives that were rewritten before stay so, and the error
     *     names them
     */
    public RedactionResult apply(RedactionRequest request, String reason) {
        requireReason(request, reason);
        RedactionPlan plan = plan(request);
        plan.refusal().ifPresent(refusal -> {
            throw refusal;
        });
        List<RedactionPlan.Finding> oldestFirst = new ArrayList<>(plan.erasable());
        Collections.reverse(oldestFirst);
        oldestFirst.forEach(finding -> requireSound(finding.archive().id()));
        List<RedactionResult.Rewritten> rewritten = new ArrayList<>();
        for (RedactionPlan.Finding finding : oldestFirst) {
            try {
                rewritten.add(rewrite(request, finding, reason));
            } catch (SnapshotException e) {
                throw rewritten.isEmpty() ? e : cutShort(e, rewritten, oldestFirst.size());
            }
        }
        return new RedactionResult(plan, rewritten);
    }

    private void requireSound(ArchiveId id) {
        environment
                .archive()
                .findDamage(id)
                .filter(damage -> damage.kind() != Damage.Kind.NO_DIGEST)
                .ifPresent(damage -> {
                    throw SnapshotException.corrupt("redaction refused: an archive with these rows is damaged")
                            .where("archive " + id)
                            .actual(damage.detail())
                            .expected("the bytes that were archived; nothing was changed")
                            .nextStep("restore the archive's row from a backup, or choose the archives (--archive)")
                            .build();
                });
    }

    /** The same error, telling what it did not keep from being done. */
    private static SnapshotException cutShort(
            SnapshotException error, List<RedactionResult.Rewritten> rewritten, int planned) {
        String done =
                rewritten.stream().map(each -> each.archive().id().toString()).collect(Collectors.joining(", "));
        return SnapshotException.of(
                        error.kind(), "the redaction ended after " + rewritten.size() + " of " + planned + " archives")
                .where("rewritten without the rows: " + done)
                .actual(error.getMessage())
                .nextStep("run it again once that is mended; the archives named are left alone then")
                .cause(error)
                .build();
    }

    private static void requireReason(RedactionRequest request, String reason) {
        if (reason.isBlank()) {
            throw SnapshotException.invalidRequest("a redaction needs a reason")
                    .actual("a blank text")
                    .expected("for example the number of the erasure request")
                    .build();
        }
        if (request.keys().areToldBy(reason)) {
            throw SnapshotException.invalidRequest("the reason tells a key that is to be erased, and is kept for good")
                    .expected("a reason without it, for example the number of the erasure request")
                    .nextStep("give another reason")
                    .build();
        }
    }

    /** One look at everything. */
    private final class Search {
        private final RedactionRequest request;
        private final Dataset dataset;
        private final Instant now = environment.clock().instant();
        private final BitSet matched = new BitSet();
        private long searched;

        Search(RedactionRequest request) {
            this.request = request;
            this.dataset = request.dataset();
        }

        RedactionPlan plan() {
            // Before the archives: what is delivered meanwhile is met in one of both.
            List<RedactionPlan.WaitingFile> waiting = request.archives().isEmpty() ? waiting() : List.of();
            List<WindowSnapshot> unfinished = request.archives().isEmpty() ? unfinished() : List.of();
            List<ArchivedSnapshot> archives = archives();
            Set<ArchiveId> inWindow = environment.window().snapshots(dataset, Optional.empty()).stream()
                    .map(WindowSnapshot::archiveId)
                    .flatMap(Optional::stream)
                    .collect(Collectors.toSet());
            List<RedactionPlan.Finding> findings = new ArrayList<>();
            for (ArchivedSnapshot archive : archives) {
                findings.add(finding(archive, inWindow));
            }
            List<Integer> unmatched = new ArrayList<>();
            int keys = request.keys().size();
            for (int key = matched.nextClearBit(0); key < keys; key = matched.nextClearBit(key + 1)) {
                unmatched.add(key + 1);
            }
            return new RedactionPlan(keys, unmatched, findings, waiting, unfinished);
        }

        private List<WindowSnapshot> unfinished() {
            return environment.window().unfinished(dataset).stream()
                    .filter(snapshot -> request.partition()
                            .map(snapshot.partition()::equals)
                            .orElse(true))
                    .toList();
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
                        .nextStep("'snapshot list' shows them")
                        .build();
            }
            return archives.stream()
                    .filter(archive -> request.archives().contains(archive.id()))
                    .toList();
        }

        private RedactionPlan.Finding finding(ArchivedSnapshot archive, Set<ArchiveId> inWindow) {
            long rows;
            try (SnapshotReader reader =
                    environment.codec().openReader(environment.archive().open(archive.id()))) {
                Optional<String> missing = missingKeyColumn(reader.schema());
                if (missing.isPresent()) {
                    return new RedactionPlan.Finding(
                            archive,
                            0,
                            RedactionPlan.Verdict.NOT_SEARCHABLE,
                            Optional.of("it has no key column '" + missing.get() + "'"));
                }
                rows = count(reader, searchSpec(dataset, archive.hashSpecId()));
            } catch (SnapshotException e) {
                if (e.kind() == SnapshotException.Kind.INVALID_REQUEST) {
                    // A rule for a key column does not fit the type that the column had then.
                    return new RedactionPlan.Finding(
                            archive, 0, RedactionPlan.Verdict.NOT_SEARCHABLE, Optional.of(e.getMessage()));
                }
                throw e;
            }
            if (rows == 0 && isHashedByUnknownRules(archive)) {
                // Under its own rules, which nobody knows here, a key may have been another row's identity.
                return new RedactionPlan.Finding(archive, 0, RedactionPlan.Verdict.NOT_SEARCHABLE, obstacle(archive));
            }
            if (rows == 0) {
                return new RedactionPlan.Finding(archive, 0, RedactionPlan.Verdict.CLEAN, Optional.empty());
            }
            Optional<String> hold =
                    archive.hold().filter(held -> held.holdsAt(now)).map(Object::toString);
            if (hold.isPresent()) {
                return new RedactionPlan.Finding(archive, rows, RedactionPlan.Verdict.HELD, hold);
            }
            // A snapshot that is staged and not yet published refers to its archive as soon as it is recovered.
            if (inWindow.contains(archive.id())
                    || archive.snapshotId()
                            .flatMap(id -> environment.window().find(dataset, id))
                            .isPresent()) {
                return new RedactionPlan.Finding(
                        archive,
                        rows,
                        RedactionPlan.Verdict.IN_WINDOW,
                        Optional.of("snapshot of " + archive.date() + ", partition '" + archive.partition() + "'"));
            }
            Optional<String> obstacle = obstacle(archive);
            return new RedactionPlan.Finding(
                    archive,
                    rows,
                    obstacle.isPresent() ? RedactionPlan.Verdict.NOT_REWRITABLE : RedactionPlan.Verdict.ERASABLE,
                    obstacle);
        }

        private Optional<String> obstacle(ArchivedSnapshot archive) {
            if (archive.link().isEmpty()) {
                return Optional.of("its record is in no chain");
            }
            if (isHashedByUnknownRules(archive)) {
                return Optional.of(
                        "its rows were hashed by " + archive.hashSpecId().get() + ", and the dataset's rules are "
                                + dataset.hashSpec().id());
            }
            return archive.fingerprint().isPresent() && archive.hashSpecId().isEmpty()
                    ? Optional.of("it has a fingerprint, and nobody noted how its rows were hashed")
                    : Optional.empty();
        }

        private boolean isHashedByUnknownRules(ArchivedSnapshot archive) {
            return archive.hashSpecId().isPresent()
                    && spec(dataset, archive.hashSpecId()).isEmpty();
        }

        private List<RedactionPlan.WaitingFile> waiting() {
            List<RedactionPlan.WaitingFile> waiting = new ArrayList<>();
            Outbox.Contents contents = outbox.contents(dataset.name());
            List<ArchiveSubmission> entries = new ArrayList<>(contents.readable());
            entries.addAll(contents.remnants());
            for (ArchiveSubmission entry : entries) {
                if (request.partition().map(entry.partition()::equals).orElse(true)) {
                    waitingFile(entry).ifPresent(waiting::add);
                }
            }
            contents.unreadable()
                    .forEach((id, reason) ->
                            waiting.add(new RedactionPlan.WaitingFile(id, Optional.empty(), 0, Optional.of(reason))));
            return waiting;
        }

        private Optional<RedactionPlan.WaitingFile> waitingFile(ArchiveSubmission entry) {
            long rows = 0;
            Optional<String> remark = Optional.empty();
            try (SnapshotReader reader =
                    environment.codec().openReader(FileBytes.open(entry.file().file()))) {
                Optional<String> missing = missingKeyColumn(reader.schema());
                if (missing.isPresent()) {
                    remark = Optional.of("it has no key column '" + missing.get() + "'");
                } else {
                    rows = count(reader, searchSpec(dataset, Optional.of(entry.hashSpecId())));
                }
            } catch (SnapshotException e) {
                remark = Optional.of(e.getMessage());
            }
            return rows == 0 && remark.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new RedactionPlan.WaitingFile(
                            entry.snapshotId(), Optional.of(entry.partition()), rows, remark));
        }

        private Optional<String> missingKeyColumn(Schema schema) {
            return dataset.keyColumns().stream()
                    .filter(column -> schema.find(column).isEmpty())
                    .findFirst();
        }

        private long count(SnapshotReader reader, HashSpec spec) {
            Matcher matcher = new Matcher(request, reader.schema(), spec, matched);
            long rows = 0;
            ReadOptions options = ReadOptions.ALL.withColumns(dataset.keyColumns());
            try (RowStream stream = reader.rows(options)) {
                for (Optional<RowBatch> next = stream.next(); next.isPresent(); next = stream.next()) {
                    rows += matcher.matches(next.get());
                    searched += next.get().rowCount();
                    request.progress().at(Progress.Step.READING, searched);
                }
            }
            return rows;
        }
    }

    /** Tells the rows of the keys from others, in batches that have the key columns. */
    private static final class Matcher {
        private final Schema keySchema;
        private final RowHasher hasher;
        private final RowIdentities identities;
        private final BitSet matched;
        private int[] others = new int[RowBatch.DEFAULT_ROWS];

        Matcher(RedactionRequest request, Schema schema, HashSpec spec, BitSet matched) {
            Dataset dataset = request.dataset();
            this.keySchema = schema.select(dataset.keyColumns());
            this.hasher = RowHasher.ofIdentities(keySchema, spec, dataset.keyColumns());
            this.identities = request.keys().identities(keySchema, spec);
            this.matched = matched;
        }

        int matches(RowBatch batch) {
            return batch.rowCount() - othersOf(batch);
        }

        /** The batch without the rows of the keys; empty if all are. */
        Optional<RowBatch> rest(RowBatch batch) {
            int count = othersOf(batch);
            if (count == batch.rowCount()) {
                return Optional.of(batch);
            }
            return count == 0 ? Optional.empty() : Optional.of(batch.rows(others, count));
        }

        private int othersOf(RowBatch batch) {
            if (others.length < batch.rowCount()) {
                others = new int[batch.rowCount()];
            }
            return identities.others(hasher.hash(batch.select(keySchema)), others, matched);
        }
    }

    private RedactionResult.Rewritten rewrite(RedactionRequest request, RedactionPlan.Finding finding, String reason) {
        ArchivedSnapshot archive = unchanged(finding.archive());
        try (Scratch scratch = Scratch.in(environment.workDirectory())) {
            Path original = scratch.file("archive");
            load.copyTo(archive, original);
            Rest rest = rest(request, archive, original, scratch);
            ArchivedSnapshot rewritten = environment
                    .archive()
                    .redact(new RedactionSubmission(
                            archive.id(),
                            archive.link().map(ChainLink::digest).orElseThrow(),
                            rest.file(),
                            rest.fingerprint(),
                            rest.erasedRows(),
                            reason));
            return new RedactionResult.Rewritten(rewritten, rest.erasedRows());
        }
    }

    private ArchivedSnapshot unchanged(ArchivedSnapshot searched) {
        Optional<ArchivedSnapshot> now = environment.archive().find(searched.id());
        if (now.isEmpty() || !now.get().link().equals(searched.link())) {
            throw SnapshotException.conflict("an archive was changed while it was searched")
                    .where("archive " + searched.id())
                    .actual(now.isEmpty() ? "it is gone" : "another record")
                    .expected("the record that was searched")
                    .nextStep("redact again; archives that were rewritten already are left alone")
                    .build();
        }
        return now.get();
    }

    /**
     * What is left of an archive.
     *
     * @param fingerprint empty where the archive has none
     */
    private record Rest(WrittenFile file, Optional<Fingerprint> fingerprint, long erasedRows) {}

    private Rest rest(RedactionRequest request, ArchivedSnapshot archive, Path original, Scratch scratch) {
        HashSpec spec = searchSpec(request.dataset(), archive.hashSpecId());
        try (SnapshotReader reader = environment.codec().openReader(FileBytes.open(original));
                RowStream rows = reader.rows(ReadOptions.ALL);
                Fingerprints fingerprints =
                        new Fingerprints(request.dataset(), archive, reader.schema(), spec, scratch);
                SnapshotWriter writer =
                        environment.codec().openWriter(scratch.file("rows"), reader.schema(), reader.metadata())) {
            Matcher matcher = new Matcher(request, reader.schema(), spec, new BitSet());
            long read = 0;
            long kept = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                Optional<RowBatch> rest = matcher.rest(batch);
                if (rest.isPresent()) {
                    writer.append(rest.get());
                    kept += rest.get().rowCount();
                }
                fingerprints.add(batch, rest);
                read += batch.rowCount();
                request.progress().at(Progress.Step.ARCHIVING, read);
            }
            return new Rest(writer.finish(), fingerprints.checked(), read - kept);
        }
    }

    /** The fingerprints of an archive before and after, where its record has one; archives of other writers have none. */
    private final class Fingerprints implements AutoCloseable {
        private final Dataset dataset;
        private final ArchivedSnapshot archive;
        private final RowHashing hashing;
        private final Optional<Hashes> hashes;

        Fingerprints(Dataset dataset, ArchivedSnapshot archive, Schema schema, HashSpec spec, Scratch scratch) {
            this.dataset = dataset;
            this.archive = archive;
            this.hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
            this.hashes = archive.fingerprint()
                    .map(known -> new Hashes(
                            RowHasher.of(schema, spec, dataset.keyColumns()), hashing.sorter(), hashing.sorter()));
        }

        void add(RowBatch batch, Optional<RowBatch> rest) {
            hashes.ifPresent(each -> each.add(batch, rest));
        }

        /** The fingerprint after; first that before has to be the record's. */
        Optional<Fingerprint> checked() {
            hashes.ifPresent(each -> requireFingerprint(dataset, archive, fingerprint(each.before())));
            return hashes.map(each -> fingerprint(each.after()));
        }

        @Override
        public void close() {
            hashing.close();
        }
    }

    private record Hashes(RowHasher hasher, KeyedRowSorter before, KeyedRowSorter after) {
        void add(RowBatch batch, Optional<RowBatch> rest) {
            KeyedHashes all = hasher.hash(batch);
            before.add(all);
            rest.ifPresent(kept -> after.add(kept == batch ? all : hasher.hash(kept)));
        }
    }

    private static Fingerprint fingerprint(KeyedRowSorter sorter) {
        return sorter.finish().inspect(1).fingerprint();
    }

    /** A record made by another key or other rules must not become one that nobody can verify. */
    private static void requireFingerprint(Dataset dataset, ArchivedSnapshot archive, Fingerprint actual) {
        Fingerprint expected = archive.fingerprint().orElseThrow();
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("an archive's rows do not have the fingerprint of its record")
                    .where("archive " + archive.id() + ", key " + dataset.keyColumns())
                    .actual(actual)
                    .expected(expected)
                    .nextStep("if the dataset's key has changed since, name the key columns of then; else restore the"
                            + " archive's row from a backup")
                    .build();
        }
    }

    /** The rules by which an archive's rows were hashed, if they are known. */
    private static Optional<HashSpec> spec(Dataset dataset, Optional<String> id) {
        return List.of(dataset.hashSpec(), HashSpec.HSR1).stream()
                .filter(spec -> id.equals(Optional.of(spec.id())))
                .findFirst();
    }

    /** The rules by which keys are the same: those that an archive was hashed by, and for other writers' archives the dataset's. */
    private static HashSpec searchSpec(Dataset dataset, Optional<String> id) {
        return spec(dataset, id).orElse(dataset.hashSpec());
    }
}
