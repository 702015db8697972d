package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.engine.selection.RowCondition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The rows and the columns of two tables that are compared with each other. */
public final class SelectionOptions {
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
            int sign = text.indexOf('=');
            if (sign < 1 || sign == text.length() - 1 || text.indexOf('=', sign + 1) >= 0) {
                throw SnapshotException.invalidRequest("option --map")
                        .actual("'" + text + "'")
                        .expected("OLD=NEW, the earlier file's name of a column and the later file's")
                        .build();
            }
            if (names.put(text.substring(0, sign), text.substring(sign + 1)) != null) {
                throw SnapshotException.invalidRequest("option --map")
                        .actual("'" + text.substring(0, sign) + "' twice")
                        .expected("one other name a column")
                        .build();
            }
        }
        return new ColumnRenames(names);
    }
}
