package io.hybridsnapshot.postgres.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.util.Optional;
import org.jooq.impl.DSL;

/**
 * Runs the script of an adapter's own jar that makes its tables. All of a script is one transaction. A lock, which the
 * migrations of the platform share, admits one such process at a time. Stateless.
 */
public final class PostgresScript {
    /**
     * The key of the advisory lock. No other program locks by it: 63 bits of SHA-256 of {@code hybrid-snapshots
     * migration}.
     */
    public static final long LOCK = 0x3dd6_af6c_5338_6bfdL;

    /** The first schema of the search path, where that one is missing; {@code "$user"} is never made. */
    private static final String FIRST_OF_PATH = "SELECT CASE WHEN current_schema() IS NULL THEN"
            + " (SELECT trim(both '\"' from trim(part)) FROM"
            + " unnest(string_to_array(current_setting('search_path'), ',')) WITH ORDINALITY AS path (part, at)"
            + " WHERE trim(part) <> '\"$user\"' ORDER BY at LIMIT 1) END";

    private PostgresScript() {}

    /**
     * Runs a script. Creates the schema if it is missing.
     *
     * @param schema the schema of the tables; empty: the first one of the session's search path
     * @param owner a class beside whose package the script lies
     * @param script the script's path, relative to the package of {@code owner}
     */
    public static void run(PostgresSession session, Optional<String> schema, Class<?> owner, String script) {
        String text = text(owner, script);
        session.inTransaction(Isolation.READ_COMMITTED, "creating the tables of " + owner.getSimpleName(), () -> {
            session.dsl().execute("set local lock_timeout = '120s'");
            session.dsl().fetch("select pg_advisory_xact_lock({0})", DSL.val(LOCK));
            Optional<String> missing = schema.or(() ->
                    Optional.ofNullable(session.dsl().fetchSingle(FIRST_OF_PATH).get(0, String.class)));
            missing.ifPresent(name -> session.dsl().execute("create schema if not exists {0}", DSL.name(name)));
            // With quotes, as search_path is a list of names.
            schema.ifPresent(name -> session.dsl()
                    .fetch(
                            "select set_config('search_path', {0}, true)",
                            DSL.val(session.dsl().render(DSL.name(name)))));
            // Not through jOOQ, which would look for parameters in the text.
            try (Statement statement = session.connection().createStatement()) {
                return statement.execute(text);
            }
        });
    }

    private static String text(Class<?> owner, String script) {
        try (InputStream stream = owner.getResourceAsStream(script)) {
            if (stream == null) {
                throw new IllegalStateException("the program was built without its resource " + script);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + script + " cannot be read", e);
        }
    }
}
