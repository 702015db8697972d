package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads column types as people write them, and knows the databases' names for them. Stateless. */
public final class TypeNames {
    private static final Pattern FORM = Pattern.compile("([a-z0-9 ]+?) *(\\([0-9, max]*\\))?");

    /** The replacement for a database's name. Arguments in parentheses are used if none are given. */
    private static final Map<String, String> OURS = Map.ofEntries(
            Map.entry("bit", "boolean"),
            Map.entry("bool", "boolean"),
            // SQL Server's holds 0 to 255.
            Map.entry("tinyint", "int16"),
            Map.entry("smallint", "int16"),
            Map.entry("int", "int32"),
            Map.entry("integer", "int32"),
            Map.entry("bigint", "int64"),
            Map.entry("numeric", "decimal(p,s)"),
            Map.entry("money", "decimal(19,4)"),
            Map.entry("smallmoney", "decimal(10,4)"),
            Map.entry("real", "float32"),
            Map.entry("float", "float64"),
            Map.entry("double", "float64"),
            Map.entry("double precision", "float64"),
            Map.entry("char", "text"),
            Map.entry("nchar", "text"),
            Map.entry("varchar", "text"),
            Map.entry("nvarchar", "text"),
            Map.entry("text", "text"),
            Map.entry("ntext", "text"),
            Map.entry("string", "text"),
            Map.entry("varbinary", "binary"),
            Map.entry("bytea", "binary"),
            Map.entry("datetime", "timestamp(3)"),
            Map.entry("datetime2", "timestamp(7)"),
            Map.entry("smalldatetime", "timestamp(0)"),
            Map.entry("datetimeoffset", "instant(7)"),
            Map.entry("timestamptz", "instant(6)"),
            Map.entry("uniqueidentifier", "uuid"));

    private TypeNames() {}

    /**
     * Reads a type.
     *
     * @throws SnapshotException INVALID_REQUEST if the text names none; for a database's name, the error names the
     *     corresponding type
     */
    public static ColumnType parse(String text) {
        try {
            return ColumnType.parse(text);
        } catch (SnapshotException e) {
            String ours = ours(text).orElseThrow(() -> e);
            throw SnapshotException.invalidRequest(e.problem())
                    .actual("'" + text + "'")
                    .expected(e.expected().orElse("a type"))
                    .nextStep("write " + ours + " for " + text.strip())
                    .cause(e)
                    .build();
        }
    }

    private static Optional<String> ours(String text) {
        Matcher form = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            return Optional.empty();
        }
        Optional<String> arguments = Optional.ofNullable(form.group(2))
                .map(given -> given.replace(" ", ""))
                .filter(given -> given.matches("\\(\\d+(,\\d+)?\\)"));
        return Optional.ofNullable(OURS.get(form.group(1)))
                .map(ours ->
                        arguments.flatMap(given -> withArguments(ours, given)).orElse(ours));
    }

    /** The type with the caller's own arguments, if it takes any. */
    private static Optional<String> withArguments(String ours, String arguments) {
        int parenthesis = ours.indexOf('(');
        if (parenthesis < 0) {
            return Optional.empty();
        }
        boolean decimal = ours.startsWith("decimal");
        String whole = decimal && arguments.indexOf(',') < 0 ? arguments.replace(")", ",0)") : arguments;
        try {
            return Optional.of(
                    ColumnType.parse(ours.substring(0, parenthesis) + whole).toString());
        } catch (SnapshotException e) {
            return Optional.empty();
        }
    }
}
