package io.hybridsnapshot.engine.redaction;

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
import io.hybridsnapshot.domain.encoding.HashSpec;
import io.hybridsnapshot.domain.encoding.RowHasher;
import io.hybridsnapshot.domain.error.Counted;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.Fingerprint;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
import io.hybridsnapshot.engine.catalogue.LoadSnapshot;
import io.hybridsnapshot.engine.error.EngineRemedy;
import io.hybridsnapshot.engine.internal.pass.RowHashing;
import io.hybridsnapshot.engine.internal.pass.Scratch;
import io.hybridsnapshot.engine.internal.sorting.KeyedRowSorter;
import io.hybridsnapshot.engine.internal.sorting.SortedKeyedRows;
import io.hybridsnapshot.engine.pass.Progress;
import io.hybridsnapshot.engine.pass.SnapshotEnvironment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Erases rows from archives for erasure requests: a plan first, then every archive with such rows is rewritten without
 * them. Each archive is replaced in one transaction of its own. An interrupted run is repeated as a whole; archives
 * without the rows stay as they are.
 *
 * <p>The window is never rewritten. Archives of snapshots in the window keep their rows as well, until saves have
 * rolled both out of it. No key is stored, logged or named in an error. Memory is bounded by batches, and by the keys.
 *
 * <p>Stateless; any number of threads may use it at once if the environment's parts allow it.
 */
public final class RedactArchives {
    private final SnapshotEnvironment environment;
    private final LoadSnapshot load;

    /** Makes the use case in an environment. */
    public RedactArchives(SnapshotEnvironment environment) {
        this.environment = environment;
        this.load = new LoadSnapshot(environment);
    }

    /**
     * Searches for the rows and reads only the key columns; changes nothing.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive's store cannot redact, or if an archive asked for is not
     *     one of the dataset (and the partition)
     */
    public RedactionPlan plan(RedactionRequest request) {
        environment.archiveRedaction();
        return new RedactionSearch(environment, request).plan();
    }

    /**
     * Searches for the rows and erases them, oldest archive first.
     *
     * @param reason why, for the audit record; it MUST NOT contain a key
     * @throws SnapshotException as {@link #plan} does; INVALID_REQUEST for a reason that is blank or contains a key, or
     *     if an archive cannot be searched or rewritten; CONFLICT if an archive with such rows is held, is in the
     *     window or waits in the outbox; CORRUPT if the stored bytes of an archive do not match its record: in all of
     *     these cases nothing was changed. CONFLICT also if an archive was changed meanwhile, CORRUPT if its rows do
     *     not have its fingerprint: archives that were rewritten before stay so, and the error names them
     */
    public RedactionResult apply(RedactionRequest request, String reason) {
        requireReason(request, reason);
        Scratch.sweepAbandoned(environment.workDirectory());
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
                            .nextStep(
                                    "restore the archive's row from a backup, or choose the archives ({0})",
                                    EngineRemedy.ARCHIVES)
                            .build();
                });
    }

    /** Returns the same error, extended by the work that was done before it. */
    private static SnapshotException cutShort(
            SnapshotException error, List<RedactionResult.Rewritten> rewritten, int planned) {
        String done =
                rewritten.stream().map(each -> each.archive().id().toString()).collect(Collectors.joining(", "));
        return SnapshotException.of(
                        error.kind(),
                        "the redaction ended after " + rewritten.size() + " of " + Counted.of(planned, "archive"))
                .where("rewritten without the rows: " + done)
                .actual(error.text())
                .nextStep("mend this, then redact again; the archives named here then stay as they are")
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
            throw SnapshotException.invalidRequest(
                            "the reason contains a key that is to be erased, and a reason is kept for good")
                    .expected("a reason without it, for example the number of the erasure request")
                    .nextStep("give another reason")
                    .build();
        }
    }

    private RedactionResult.Rewritten rewrite(RedactionRequest request, RedactionPlan.Finding finding, String reason) {
        ArchivedSnapshot archive = unchanged(finding.archive());
        try (Scratch scratch = Scratch.in(environment.workDirectory())) {
            Path original = scratch.file("archive");
            load.copyTo(archive, original);
            Rest rest = rest(request, archive, original, scratch);
            ArchivedSnapshot rewritten = environment
                    .archiveRedaction()
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
     * The remaining rows of an archive.
     *
     * @param fingerprint empty where the archive has none
     */
    private record Rest(WrittenFile file, Optional<Fingerprint> fingerprint, long erasedRows) {}

    private Rest rest(RedactionRequest request, ArchivedSnapshot archive, Path original, Scratch scratch) {
        HashSpec spec = RedactionSearch.searchSpec(request.dataset(), archive.hashSpecId());
        try (RowHashing hashing = new RowHashing(scratch.directory(), environment.rowsInMemory());
                SnapshotReader reader =
                        environment.codec().openReader(FileBytes.openCopy(original, "archive " + archive.id()));
                RowStream rows = reader.rows(ReadOptions.ALL);
                SnapshotWriter writer =
                        environment.codec().openWriter(scratch.file("rows"), reader.schema(), reader.metadata())) {
            KeyMatcher matcher = new KeyMatcher(request, reader.schema(), spec, new BitSet());
            Optional<Hashes> hashes = archive.fingerprint()
                    .map(known -> new Hashes(
                            RowHasher.of(
                                    reader.schema(), spec, request.dataset().keyColumns()),
                            hashing.sorter()));
            long read = 0;
            long kept = 0;
            for (Optional<RowBatch> next = rows.next(); next.isPresent(); next = rows.next()) {
                RowBatch batch = next.get();
                hashes.ifPresent(each -> each.add(batch));
                Optional<RowBatch> rest = matcher.rest(batch);
                if (rest.isPresent()) {
                    writer.append(rest.get());
                    kept += rest.get().rowCount();
                }
                read += batch.rowCount();
                request.progress()
                        .at(Progress.Step.REWRITING, read, archive.rowCount().orElse(0));
            }
            Optional<SortedKeyedRows> sorted = hashes.map(Hashes::sorted);
            sorted.ifPresent(
                    all -> requireFingerprint(request.dataset(), archive, all.fingerprint((high, low) -> true)));
            Optional<Fingerprint> fingerprint =
                    sorted.map(all -> all.fingerprint((high, low) -> !matcher.isMatch(high, low)));
            return new Rest(writer.finish(), fingerprint, read - kept);
        }
    }

    /** Hashes all rows of an archive: once sorted, they give its fingerprint and that of the remaining rows. */
    private record Hashes(RowHasher hasher, KeyedRowSorter sorter) {
        void add(RowBatch batch) {
            sorter.add(hasher.hash(batch));
        }

        SortedKeyedRows sorted() {
            return sorter.finish();
        }
    }

    /** A record made with another key or other rules must not become a record that cannot be verified. */
    private static void requireFingerprint(Dataset dataset, ArchivedSnapshot archive, Fingerprint actual) {
        Fingerprint expected = archive.fingerprint().orElseThrow();
        if (!actual.equals(expected)) {
            throw SnapshotException.corrupt("an archive's rows do not have the fingerprint of its record")
                    .where("archive " + archive.id() + ", key " + dataset.keyColumns())
                    .actual(actual)
                    .expected(expected)
                    .nextStep("if the dataset had another key at that time, name its key columns; otherwise restore the"
                            + " archive's row from a backup")
                    .build();
        }
    }
}
