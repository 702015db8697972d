package io.hybridsnapshot.testkit.broken;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.testkit.memory.InMemoryArchiveStore;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** An archive that does all right; the broken ones override what they do wrong. */
class ForwardingArchiveStore implements ArchiveStore {
    final InMemoryArchiveStore right = new InMemoryArchiveStore();

    @Override
    public ArchivedSnapshot store(ArchiveSubmission submission) {
        return right.store(submission);
    }

    @Override
    public Optional<ArchivedSnapshot> find(ArchiveId id) {
        return right.find(id);
    }

    @Override
    public Optional<ArchivedSnapshot> find(SnapshotId id) {
        return right.find(id);
    }

    @Override
    public List<ArchivedSnapshot> list(ArchiveQuery query) {
        return right.list(query);
    }

    @Override
    public SeekableBytes open(ArchiveId id) {
        return right.open(id);
    }

    @Override
    public List<ArchivedSnapshot> remove(Collection<ArchiveId> ids) {
        return right.remove(ids);
    }
}
