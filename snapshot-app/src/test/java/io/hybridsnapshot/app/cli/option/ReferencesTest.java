package io.hybridsnapshot.app.cli.option;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.domain.snapshot.SnapshotId;
import io.hybridsnapshot.engine.catalogue.SnapshotReference;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferencesTest {
    @Test
    void everyFormIsRead() {
        assertEquals(new SnapshotReference.Current(), References.stored("current"));
        assertEquals(new SnapshotReference.Previous(), References.stored("previous"));
        assertEquals(new SnapshotReference.ByArchive(new ArchiveId(12)), References.stored("archive:12"));
        assertEquals(new SnapshotReference.ByTag("run", "nightly"), References.stored("tag:run=nightly"));
        assertEquals(new SnapshotReference.ByTag("a:b c", "x=y"), References.stored("tag:a:b c=x=y"));
        assertEquals(new SnapshotReference.ByTag("run", ""), References.stored("tag:run="));
        assertEquals(new SnapshotReference.DaysBack(7), References.stored("7d"));
        SnapshotId id = SnapshotId.random();
        assertEquals(new SnapshotReference.ById(id), References.stored("id:" + id));
    }

    @Test
    void aPlainDateCountsToItsEnd() {
        assertEquals(asOf("2026-09-27T23:59:59.999999Z"), References.stored("2026-09-27"));
        assertEquals(asOf("2028-02-29T23:59:59.999999Z"), References.stored("2028-02-29"));
    }

    @Test
    void aMomentIsUtcUnlessItSaysOtherwise() {
        assertEquals(asOf("2026-09-27T08:15:00Z"), References.stored("2026-09-27T08:15"));
        assertEquals(asOf("2026-09-27T08:15:30Z"), References.stored("2026-09-27 08:15:30"));
        assertEquals(asOf("2026-09-27T06:15:00Z"), References.stored("2026-09-27T08:15:00+02:00"));
        assertEquals(Instant.parse("2026-09-27T00:00:00Z"), References.moment("--date", "2026-09-27"));
    }

    @Test
    void anythingElseIsRefused() {
        for (String text : List.of(
                "",
                "yesterday",
                "archive:",
                "archive:x",
                "id:7",
                "tag:",
                "tag:run",
                "tag:=x",
                "7",
                "-7d",
                "2026-02-30",
                "+300000-01-01",
                "+300000-01-01T00:00:00Z",
                "0000-01-01",
                "source")) {
            assertThrows(SnapshotException.class, () -> References.stored(text), text);
        }
    }

    private static SnapshotReference asOf(String moment) {
        return new SnapshotReference.AsOf(Instant.parse(moment));
    }
}
