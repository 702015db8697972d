package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The rows and the columns of two tables that are compared with each other. */
public final class SelectionOptions {
    /** Two names; a doubled sign belongs to a name. */
    private static final Pattern RENAME = Pattern.compile("((?:[^=]|==)+)=((?:[^=]|==)+)");

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            order = 20,
            description = "Compare only rows that meet a condition, such as STATUS=OPEN; also != < <= > >=, and ~ for a"
                    + " regular expression. Repeatable; all must hold.")
    private List<String> conditions = new ArrayList<>();

    @Option(
            names = "--map",
            paramLabel = "OLD=NEW",
            order = 21,
            description = "Compare column OLD of the earlier file with column NEW of the later one; repeatable.")
    private List<String> renames = new ArrayList<>();

    /** The conditions that a row has to meet. */
    public List<RowCondition> conditions() {
        return conditions.stream().map(RowCondition::parse).toList();
    }

    /**
     * The names of the later table for columns of the earlier one.
     *
     * @throws SnapshotException INVALID_REQUEST if an option does not consist of two names
     */
    public ColumnRenames renames() {
        Map<String, String> names = new LinkedHashMap<>();
        for (String text : renames) {
            Matcher pair = RENAME.matcher(text);
            if (!pair.matches()) {
                throw SnapshotException.invalidRequest("option --map")
                        .actual("'" + text + "'")
                        .expected("OLD=NEW, the earlier file's name of a column and the later file's; == for a sign ="
                                + " within a name")
                        .build();
            }
            String old = pair.group(1).replace("==", "=");
            if (names.put(old, pair.group(2).replace("==", "=")) != null) {
                throw SnapshotException.invalidRequest("option --map")
                        .actual("'" + old + "' twice")
                        .expected("one other name a column")
                        .build();
            }
        }
        return new ColumnRenames(names);
    }
}
