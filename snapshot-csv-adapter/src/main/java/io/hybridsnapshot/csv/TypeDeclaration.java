package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Map;
import java.util.stream.Collectors;

/** How a user declares the types of columns, in the words of whatever the user works with. For errors. */
@FunctionalInterface
public interface TypeDeclaration {
    /** Names columns and types and no place to write them. */
    TypeDeclaration PLAIN = types -> types.entrySet().stream()
            .map(type -> "'" + type.getKey() + "' as " + type.getValue())
            .collect(Collectors.joining(", "));

    /** The declaration of these types, by column in the file's order; never empty. */
    String of(Map<String, ColumnType> types);
}
