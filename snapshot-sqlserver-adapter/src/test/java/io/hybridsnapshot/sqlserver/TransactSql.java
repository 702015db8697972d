package io.hybridsnapshot.sqlserver;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/**
 * Checks T-SQL without a server: a script is cut into batches at its GO lines, a batch into statements, and each statement is parsed by a
 * grammar, {@link GrammarGap} listing what that one lacks and what is done instead; {@link DeniedSql} finds what a grammar lets through and
 * SQL Server 2017 does not, or what we do not want; variables have to be declared once in their batch. Not seen: text that is put together at
 * run time, whether objects exist, types of expressions. Stateless.
 */
public final class TransactSql {
    private static final Pattern GO = Pattern.compile("(?i)\\s*go(?:\\s+(\\d+))?\\s*");
    private static final int SHOWN = 160;

    private TransactSql() {}

    /**
     * The batches of a script, as {@code sqlcmd} cuts it: at lines that hold GO and nothing else, unless they are within a string, a quoted
     * name or a comment. A number behind GO repeats the batch. Batches of blanks and comments alone are left out.
     */
    public static List<String> batches(String script) {
        List<String> batches = new ArrayList<>();
        StringBuilder batch = new StringBuilder();
        List<Boolean> outside = SqlToken.startsOutside(script);
        int number = 0;
        for (String line : script.split("\n", -1)) {
            Matcher go = GO.matcher(line);
            if (go.matches() && outside.get(number)) {
                int times = go.group(1) == null ? 1 : Integer.parseInt(go.group(1));
                for (int i = 0; i < times; i++) {
                    add(batches, batch);
                }
                batch.setLength(0);
            } else {
                batch.append(line).append('\n');
            }
            number++;
        }
        add(batches, batch);
        return batches;
    }

    private static void add(List<String> batches, StringBuilder batch) {
        String text = batch.toString();
        if (!SqlToken.of(text).isEmpty()) {
            batches.add(text.strip());
        }
    }

    /** What is wrong with a script or a statement, each with its batch and line; empty where nothing is. */
    public static List<String> faults(String script) {
        List<String> faults = new ArrayList<>();
        List<String> batches;
        try {
            batches = batches(script);
        } catch (IllegalArgumentException e) {
            return List.of(e.getMessage());
        }
        if (batches.isEmpty()) {
            return List.of("there is no statement");
        }
        for (int i = 0; i < batches.size(); i++) {
            String where = batches.size() == 1 ? "" : "batch " + (i + 1) + ", ";
            List<SqlToken> tokens = SqlToken.of(batches.get(i));
            DeniedSql.in(tokens).forEach(fault -> faults.add(where + fault));
            new BatchCheck(tokens).faults().forEach(fault -> faults.add(where + fault));
        }
        return faults;
    }

    /** Fails where {@link #faults} finds something. */
    public static void assertValid(String script) {
        List<String> faults = faults(script);
        if (!faults.isEmpty()) {
            String text = script.length() > SHOWN ? script.substring(0, SHOWN) + "…" : script;
            Assertions.fail(String.join("\n", faults) + "\nin: " + text);
        }
    }
}
