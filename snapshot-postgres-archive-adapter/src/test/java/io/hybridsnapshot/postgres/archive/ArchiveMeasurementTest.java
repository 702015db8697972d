package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.archive.ArchiveSubmission;
import io.hybridsnapshot.domain.codec.SeekableBytes;
import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.HeapWatch;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Measures storing and reading a file; docs/how-to/postgresql.md has the command. */
@EnabledIfSystemProperty(named = "measure", matches = "true", disabledReason = "a measurement, run by hand")
class ArchiveMeasurementTest {
    private static final int SIZE = 75_000_000;
    private static final long LARGE_SIZE = 1_500_000_000L;

    @TempDir
    private Path directory;

    @Test
    void seventyFiveMegabytes() throws Exception {
        try (TestServer server =
                TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "max_wal_size", "4GB"))) {
            PostgresSettings settings = withTables(server);
            byte[] bytes = Submissions.bytes(1, SIZE);
            for (int run = 0; run < 6; run++) {
                boolean inline = run % 2 == 0;
                PostgresArchiveStore store = new PostgresArchiveStore(
                        new PostgresArchiveSettings(settings, inline ? 100 << 20 : 0, 1 << 20));
                ArchiveSubmission submission = Submissions.of(directory, Submissions.DATE.plusSeconds(run), bytes);
                long start = System.nanoTime();
                ArchiveId id = store.store(submission).id();
                long stored = System.nanoTime();
                byte[] part = new byte[1 << 16];
                try (SeekableBytes opened = store.open(id)) {
                    assertEquals(SIZE, opened.length());
                    for (long at = 0; at < SIZE; at += part.length) {
                        opened.read(at, part, 0, (int) Math.min(part.length, SIZE - at));
                    }
                }
                long read = System.nanoTime();
                System.out.printf(
                        "%s: store %d ms, read in pieces of 64 KiB %d ms%n",
                        inline ? "inline" : "chunks", (stored - start) / 1_000_000, (read - stored) / 1_000_000);
            }
        }
    }

    /** More than one value can hold, and three times the heap of the command. */
    @Test
    void aGigabyteAndAHalf() throws Exception {
        try (TestServer server =
                        TestServer.start(Map.of("fsync", "on", "synchronous_commit", "on", "max_wal_size", "4GB"));
                HeapWatch heap = new HeapWatch()) {
            PostgresArchiveStore store = new PostgresArchiveStore(PostgresArchiveSettings.of(withTables(server)));
            LargeFile.Times times = LargeFile.thereAndBack(store, directory, LARGE_SIZE);
            System.out.printf(
                    "%d bytes in chunks: store %d ms, read %d ms; %s%n",
                    LARGE_SIZE, times.stored(), times.read(), heap);
        }
    }

    private static PostgresSettings withTables(TestServer server) throws IOException {
        PostgresSettings settings = server.settings("postgres");
        try (PostgresSession session = PostgresSession.open(settings, "test")) {
            session.dsl()
                    .execute(Files.readString(Path.of("../sql/ddl/tables/kestra/snapshot_archive_postgresql.sql")));
        }
        return settings;
    }
}
