package io.hybridsnapshot.sqlserver.connection;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a script of an adapter's own jar into batches at the lines that hold GO alone, as {@code sqlcmd} does. The
 * scripts have no such line within a string or a comment, and no count after GO. Stateless.
 */
public final class ScriptBatches {
    private static final String END = "GO";

    private ScriptBatches() {}

    /**
     * The batches of a script, in order; none is blank.
     *
     * @param owner a class beside whose package the script lies
     * @param script the script's path, relative to the package of {@code owner}
     */
    public static List<String> of(Class<?> owner, String script) {
        try (InputStream stream = owner.getResourceAsStream(script)) {
            if (stream == null) {
                throw new IllegalStateException("the program was built without its resource " + script);
            }
            return cut(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + script + " cannot be read", e);
        }
    }

    static List<String> cut(String script) {
        List<String> batches = new ArrayList<>();
        StringBuilder batch = new StringBuilder();
        for (String line : script.lines().toList()) {
            if (line.strip().equalsIgnoreCase(END)) {
                add(batches, batch);
            } else {
                batch.append(line).append('\n');
            }
        }
        add(batches, batch);
        return batches;
    }

    private static void add(List<String> batches, StringBuilder batch) {
        if (!batch.toString().isBlank()) {
            batches.add(batch.toString());
        }
        batch.setLength(0);
    }
}
