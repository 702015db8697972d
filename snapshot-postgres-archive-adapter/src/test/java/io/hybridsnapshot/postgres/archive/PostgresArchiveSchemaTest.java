package io.hybridsnapshot.postgres.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.hybridsnapshot.domain.snapshot.ArchiveId;
import io.hybridsnapshot.postgres.connection.PostgresSettings;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@link PostgresArchiveContractTest} shows that an archive made here keeps the whole contract. */
class PostgresArchiveSchemaTest {
    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @TempDir
    Path directory;

    @Test
    void aMissingSchemaOfTheSearchPathIsMadeAndASecondCallKeepsTheArchives() {
        PostgresSettings there = DATABASE.settings();
        PostgresArchiveSettings settings = PostgresArchiveSettings.of(new PostgresSettings(
                there.host(),
                there.port(),
                there.database(),
                there.user(),
                there.password(),
                Map.of("currentSchema", "of_embedders")));
        PostgresArchiveSchema.create(settings);
        PostgresArchiveStore store = new PostgresArchiveStore(settings);
        ArchiveId id = store.store(Submissions.of(directory, Submissions.DATE, Submissions.bytes(1, 1_000)))
                .id();
        PostgresArchiveSchema.create(settings);
        assertEquals(id, store.find(id).orElseThrow().id());
        assertEquals(List.of("1"), DATABASE.rows("SELECT count(*) FROM of_embedders.snapshot_archive"));
    }
}
