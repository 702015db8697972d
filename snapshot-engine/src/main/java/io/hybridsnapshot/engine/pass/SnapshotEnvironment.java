package io.hybridsnapshot.engine.pass;

import io.hybridsnapshot.domain.archive.ArchiveAudit;
import io.hybridsnapshot.domain.archive.ArchiveHolds;
import io.hybridsnapshot.domain.archive.ArchiveRedaction;
import io.hybridsnapshot.domain.archive.ArchiveStore;
import io.hybridsnapshot.domain.archive.ArchiveTags;
import io.hybridsnapshot.domain.archive.ChangeSetStore;
import io.hybridsnapshot.domain.codec.SnapshotCodec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.window.WindowStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The stores and resources that the use cases work with. A store may be opened on first use: a use case asks for a
 * store when it needs it, so it works although the other store is down. Immutable; safe to share if its parts are.
 */
public final class SnapshotEnvironment {
    /** The default number of rows that sorting holds in memory: about 63 MB. */
    public static final int DEFAULT_ROWS_IN_MEMORY = 1 << 20;

    private final Supplier<WindowStore> window;
    private final Supplier<ArchiveStore> archive;
    private final SnapshotCodec codec;
    private final Path workDirectory;
    private final Clock clock;
    private final String holder;
    private final int rowsInMemory;

    private SnapshotEnvironment(
            Supplier<WindowStore> window,
            Supplier<ArchiveStore> archive,
            SnapshotCodec codec,
            Path workDirectory,
            Clock clock,
            String holder,
            int rowsInMemory) {
        this.window = Objects.requireNonNull(window, "window");
        this.archive = Objects.requireNonNull(archive, "archive");
        this.codec = Objects.requireNonNull(codec, "codec");
        this.workDirectory = Objects.requireNonNull(workDirectory, "workDirectory");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.holder = Objects.requireNonNull(holder, "holder");
        this.rowsInMemory = rowsInMemory;
    }

    /**
     * Makes an environment of stores that are open.
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
    public SnapshotEnvironment(
            WindowStore window,
            ArchiveStore archive,
            SnapshotCodec codec,
            Path workDirectory,
            Clock clock,
            String holder,
            int rowsInMemory) {
        this(opened(window, "window"), opened(archive, "archive"), codec, workDirectory, clock, holder, rowsInMemory);
    }

    private static <T> Supplier<T> opened(T store, String name) {
        Objects.requireNonNull(store, name);
        return () -> store;
    }

    /** Returns an environment with the system's clock, this process's id as the holder and the default memory. */
    public static SnapshotEnvironment of(
            WindowStore window, ArchiveStore archive, SnapshotCodec codec, Path workDirectory) {
        return onFirstUse(opened(window, "window"), opened(archive, "archive"), codec, workDirectory);
    }

    /**
     * Returns the same with stores that are opened on first use.
     *
     * @param window opens the window; asked at every use, so it keeps what it opened and tries again after a failure
     * @param archive opens the archive, likewise
     */
    public static SnapshotEnvironment onFirstUse(
            Supplier<WindowStore> window, Supplier<ArchiveStore> archive, SnapshotCodec codec, Path workDirectory) {
        return new SnapshotEnvironment(
                window,
                archive,
                codec,
                workDirectory,
                Clock.systemUTC(),
                "process " + ProcessHandle.current().pid(),
                DEFAULT_ROWS_IN_MEMORY);
    }

    /** Returns the same environment with another source of the present time. */
    public SnapshotEnvironment withClock(Clock other) {
        return new SnapshotEnvironment(window, archive, codec, workDirectory, other, holder, rowsInMemory);
    }

    /**
     * Returns the same environment with another name for this process, shown to others that find a partition locked.
     */
    public SnapshotEnvironment withHolder(String other) {
        return new SnapshotEnvironment(window, archive, codec, workDirectory, clock, other, rowsInMemory);
    }

    /**
     * Returns the rolling window.
     *
     * @throws SnapshotException if it is opened now and cannot be
     */
    public WindowStore window() {
        return window.get();
    }

    /**
     * Returns the archive.
     *
     * @throws SnapshotException if it is opened now and cannot be
     */
    public ArchiveStore archive() {
        return archive.get();
    }

    /** Returns the format of archived files. */
    public SnapshotCodec codec() {
        return codec;
    }

    /** Returns the directory of files under way and of the outbox of undelivered archives. */
    public Path workDirectory() {
        return workDirectory;
    }

    /** Returns the source of the present time. */
    public Clock clock() {
        return clock;
    }

    /** Returns the name of this process, for others that find a partition locked. */
    public String holder() {
        return holder;
    }

    /** Returns the number of rows that sorting holds in memory before it spills to the work directory. */
    public int rowsInMemory() {
        return rowsInMemory;
    }

    /**
     * Returns the archive's capability to hold archives.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveHolds archiveHolds() {
        return archive().holds().orElseThrow(() -> lacking("hold archives"));
    }

    /**
     * Returns the archive's capability to change the tags of stored archives.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveTags archiveTags() {
        return archive().tags().orElseThrow(() -> lacking("change the tags of stored archives"));
    }

    /**
     * Returns the archive's capability to rewrite archives without some rows.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveRedaction archiveRedaction() {
        return archive().redaction().orElseThrow(() -> lacking("redact archives"));
    }

    /**
     * Returns the archive's capability to audit its records.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ArchiveAudit archiveAudit() {
        return archive().audit().orElseThrow(() -> lacking("keep chains of its records"));
    }

    /**
     * Returns the archive's capability to keep change sets.
     *
     * @throws SnapshotException INVALID_REQUEST if the archive has none
     */
    public ChangeSetStore archiveChangeSets() {
        return archive().changeSets().orElseThrow(() -> lacking("keep change sets"));
    }

    private SnapshotException lacking(String ability) {
        return SnapshotException.invalidRequest("the archive cannot " + ability)
                .where(archive().description())
                .actual("a store without this capability")
                .expected("a store that can " + ability)
                .nextStep("keep the archive in a store with this capability, such as PostgreSQL")
                .build();
    }

    /** Returns the same environment for foreign writers with dates that are the time on the clock of a zone. */
    public SnapshotEnvironment withForeignZone(ZoneId zone) {
        return new SnapshotEnvironment(
                () -> window.get().withForeignZone(zone), archive, codec, workDirectory, clock, holder, rowsInMemory);
    }
}
