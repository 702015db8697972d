package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.schema.ColumnType;
import java.util.Map;
import java.util.stream.Collectors;

/** The way a user declares the types of columns, in the words of the calling program. For errors. */
@FunctionalInterface
public interface TypeDeclaration {
    /** Names columns and types and no place to write them. */
    TypeDeclaration PLAIN = types -> types.entrySet().stream()
            .map(type -> "'" + type.getKey() + "' as " + type.getValue())
            .collect(Collectors.joining(", "));

    /** The declaration of these types, by column in the file's order; never empty. */
    String of(Map<String, ColumnType> types);
}
