package io.hybridsnapshot.postgres.archive;

import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE;
import static io.hybridsnapshot.postgres.archive.ArchiveTable.ARCHIVE_ID;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.domain.archive.ArchiveQuery;
import io.hybridsnapshot.domain.archive.ArchivedSnapshot;
import io.hybridsnapshot.postgres.connection.PostgresSession;
import io.hybridsnapshot.postgres.connection.TestDatabase;
import java.sql.PreparedStatement;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jooq.Condition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tags are searched by their index, and found by their texts in every form of JSON. */
class TagSearchTest {
    /** All kinds of JSON values, as other writers note them, and texts that look like them. */
    private static final List<String> TAGS = List.of(
            "{}",
            "[\"run\", 1]",
            "\"run\"",
            "{\"run\": \"nightly\", \"env\": \"prod\"}",
            "{\"run\": \"NIGHTLY\", \"env\": \"\"}",
            "{\"run\": 7}",
            "{\"run\": \"7\"}",
            "{\"run\": 7.0}",
            "{\"run\": \"7.0\"}",
            "{\"run\": -0.5e-3}",
            "{\"run\": 123456789012345678901234567890}",
            "{\"run\": 1e200}",
            "{\"run\": -1e2000}",
            "{\"run\": 0.000000000001}",
            "{\"run\": \"007\"}",
            "{\"run\": \"2026-11-23\"}",
            "{\"run\": true, \"env\": false}",
            "{\"run\": \"true\"}",
            "{\"run\": null}",
            "{\"run\": \"null\"}",
            "{\"run\": [1, {\"a\": 2}]}",
            "{\"run\": [\"nightly\"]}",
            "{\"run\": {\"b\": 1, \"a\": [null]}}",
            "{\"run\": \"{\\\"a\\\": 1}\"}",
            "{\"größe \\\"日本\\\" 😀\": \"it's \\\\ and\\tthen\\nsome\"}",
            "{\"\": \"no name\"}",
            "{\"what? {0} % $1\": \"'; DROP TABLE x; --\"}");

    @RegisterExtension
    static final TestDatabase DATABASE = new TestDatabase();

    @BeforeAll
    static void insertTags() throws Exception {
        DATABASE.executeScript("ddl/tables/kestra/snapshot_archive_postgresql.sql");
        try (PostgresSession session = session();
                PreparedStatement insert = session.connection()
                        .prepareStatement("INSERT INTO snapshot_archive (snapshot_date, parquet_data, tags) VALUES"
                                + " (TIMESTAMP '2026-02-01' + ? * INTERVAL '1 hour', '\\x01', ?::jsonb)")) {
            for (int i = 0; i < TAGS.size(); i++) {
                insert.setInt(1, i);
                insert.setString(2, TAGS.get(i));
                insert.execute();
            }
        }
    }

    private static PostgresSession session() {
        return PostgresSession.open(DATABASE.settings(), "test");
    }

    private static List<ArchivedSnapshot> list(Map<String, String> tags) {
        return new PostgresArchiveStore(PostgresArchiveSettings.of(DATABASE.settings()))
                .list(ArchiveQuery.ALL.tagged(tags));
    }

    @Test
    void everyTagIsFoundByItsTextAndNoOther() {
        List<ArchivedSnapshot> all = list(Map.of());
        assertEquals(TAGS.size(), all.size());
        Set<Map.Entry<String, String>> tags = new HashSet<>();
        all.forEach(archive -> tags.addAll(archive.tags().entrySet()));
        tags.addAll(Map.of("run", "false", "env", "nightly", "nothing", "7").entrySet());
        assertTrue(tags.size() > 22, tags.toString());
        for (Map.Entry<String, String> tag : tags) {
            List<ArchivedSnapshot> expected = all.stream()
                    .filter(archive -> archive.tags().entrySet().contains(tag))
                    .toList();
            assertEquals(expected, list(Map.of(tag.getKey(), tag.getValue())), tag::toString);
        }
        assertEquals(1, list(Map.of("run", "nightly", "env", "prod")).size());
        assertEquals(0, list(Map.of("run", "nightly", "env", "")).size());
        assertEquals(1, list(Map.of("run", "true", "env", "false")).size());
    }

    @Test
    void tagsThatNoDatabaseHoldsAreFoundNowhere() {
        for (String odd : List.of("a\0b", "\ud83d", "\ude00x", "9".repeat(200_000), "-", "{", "[1,")) {
            assertEquals(List.of(), list(Map.of("run", odd)));
            assertEquals(List.of(), list(Map.of(odd, "nightly")));
        }
    }

    @Test
    void theIndexOnTagsServesTheSearch() {
        for (Map<String, String> tags : List.of(
                Map.of("run", "nightly"),
                Map.of("run", "7"),
                Map.of("run", "true"),
                Map.of("größe \"日本\" 😀", "it's \\ and\tthen\nsome"),
                Map.of("run", "nightly", "env", "prod"))) {
            String plan = plan(TagSearch.mayHave(tags));
            assertTrue(plan.contains("ix_snapshot_archive_tags"), plan);
        }
    }

    private static String plan(Condition condition) {
        try (PostgresSession session = session()) {
            session.dsl().execute("SET enable_seqscan = off");
            return session.dsl()
                    .explain(session.dsl().select(ARCHIVE_ID).from(ARCHIVE).where(condition))
                    .plan();
        }
    }
}
