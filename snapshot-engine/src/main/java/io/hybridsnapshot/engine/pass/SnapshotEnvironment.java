package io.hybridsnapshot.engine.pass;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;

/**
 * The stores and resources that the use cases work with. Immutable; safe to share if its parts are.
 *
 * @param window the rolling window
 * @param archive the archive
 * @param codec the format of archived files
 * @param workDirectory the directory of files under way and of the outbox of undelivered archives; made when it is
 *     needed. Two processes may share it
 * @param clock the source of the present time
 * @param holder names this process to others that find a partition locked
 * @param rowsInMemory rows that sorting holds in memory before it spills to the work directory
 */
public record SnapshotEnvironment(
        WindowStore window,
        ArchiveStore archive,
        SnapshotCodec codec,
        Path workDirectory,
        Clock clock,
        String holder,
        int rowsInMemory) {
    /** The default number of rows that sorting holds in memory: about 63 MB. */
    public static final int DEFAULT_ROWS_IN_MEMORY = 1 << 20;

    public SnapshotEnvironment {
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(archive, "archive");
        Objects.requireNonNull(codec, "codec");
        Objects.requireNonNull(workDirectory, "workDirectory");
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(holder, "holder");
    }

    /**
     * Returns the archive's capability to hold archives.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveHolds archiveHolds() {
        return archive.holds().orElseThrow(() -> lacking("hold archives"));
    }

    /**
     * Returns the archive's capability to rewrite archives without some rows.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveRedaction archiveRedaction() {
        return archive.redaction().orElseThrow(() -> lacking("redact archives"));
    }

    /**
     * Returns the archive's capability to audit its records.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveAudit archiveAudit() {
        return archive.audit().orElseThrow(() -> lacking("keep chains of its records"));
    }

    private SnapshotException lacking(String ability) {
        return SnapshotException.invalidRequest("the archive cannot " + ability)
                .where(archive.description())
                .actual("a store without this capability")
                .expected("a store that can " + ability)
                .nextStep("keep the archive in a store with this capability, such as PostgreSQL")
                .build();
    }

    /** Returns the same environment for foreign writers with dates that are the time on the clock of a zone. */
    public SnapshotEnvironment withForeignZone(ZoneId zone) {
        return new SnapshotEnvironment(
                window.withForeignZone(zone), archive, codec, workDirectory, clock, holder, rowsInMemory);
    }

    /** Returns an environment with the system's clock, this process's id as the holder and the default memory. */
    public static SnapshotEnvironment of(
            WindowStore window, ArchiveStore archive, SnapshotCodec codec, Path workDirectory) {
        return new SnapshotEnvironment(
                window,
                archive,
                codec,
                workDirectory,
                Clock.systemUTC(),
                "process " + ProcessHandle.current().pid(),
                DEFAULT_ROWS_IN_MEMORY);
    }
}
