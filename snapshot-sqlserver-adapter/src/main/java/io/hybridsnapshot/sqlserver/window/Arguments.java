package io.hybridsnapshot.sqlserver.window;

import static org.jooq.impl.DSL.val;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jooq.Name;
import org.jooq.QueryPart;

/** Numbers the arguments of one template and collects them. Mutable; for one template, one thread. */
final class Arguments {
    private final List<QueryPart> parts = new ArrayList<>();

    /** Returns the placeholder of an argument. */
    String add(QueryPart part) {
        parts.add(part);
        return "{" + (parts.size() - 1) + "}";
    }

    /** The same for a bound value. */
    String bind(Object value) {
        return add(val(value));
    }

    /** Returns the placeholders of names, each with a prefix, separated by commas. */
    String add(List<Name> names, String prefix) {
        return names.stream().map(column -> prefix + add(column)).collect(Collectors.joining(", "));
    }

    QueryPart[] all() {
        return parts.toArray(QueryPart[]::new);
    }
}
