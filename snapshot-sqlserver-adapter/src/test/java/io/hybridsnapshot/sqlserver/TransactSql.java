package io.hybridsnapshot.sqlserver;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;

/**
 * Checks T-SQL without a server. A script is cut into batches at its GO lines, a batch into statements, and a grammar
 * parses each statement. {@link GrammarGap} lists the features that the grammar lacks and their treatment.
 * {@link DeniedSql} finds constructs that a grammar accepts but SQL Server 2017 lacks, or that this project does not
 * want. Variables have to be declared once in their batch. Not checked: text that is assembled at run time, the
 * existence of objects, and the types of expressions. Stateless.
 */
public final class TransactSql {
    private static final Pattern GO = Pattern.compile("(?i)\\s*go(?:\\s+(\\d+))?\\s*");
    private static final int SHOWN = 160;

    private TransactSql() {}

    /**
     * The batches of a script, cut as by {@code sqlcmd}: at lines that hold only GO, unless they are within a string, a
     * quoted name or a comment. A number after GO repeats the batch. Batches of blanks and comments alone are left out.
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

    /** The faults of a script or a statement, each with its batch and line; empty if there are none. */
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
