package io.hybridsnapshot.app.cli.option;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which tags an archive has to have. Immutable.
 *
 * @param values tags with these values
 * @param names tags of these names, with any values
 */
public record TagFilter(Map<String, String> values, Set<String> names) {
    public TagFilter {
        values = Map.copyOf(values);
        names = Set.copyOf(names);
    }

    /**
     * The filter of an option that may come several times: {@code NAME=VALUE}, or a name alone.
     *
     * @throws SnapshotException INVALID_REQUEST for a text without a name, or a tag that is to have two values
     */
    public static TagFilter parse(List<String> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        for (String text : texts) {
            int sign = text.indexOf('=');
            if (sign < 0 && !text.isBlank()) {
                names.add(text);
                continue;
            }
            String name = sign < 0 ? "" : text.substring(0, sign);
            requireName("option --tag", name, text);
            String value = text.substring(sign + 1);
            String other = values.putIfAbsent(name, value);
            if (other != null && !other.equals(value)) {
                throw SnapshotException.invalidRequest("no archive can match: a tag has one value")
                        .where("option --tag")
                        .actual("'" + name + "=" + other + "' and '" + text + "'")
                        .expected("one of them")
                        .build();
            }
        }
        return new TagFilter(values, names);
    }

    /**
     * The tags of an option that may come several times, each as {@code NAME=VALUE}.
     *
     * @throws SnapshotException INVALID_REQUEST for a text without a name or a value, or a name that comes twice
     */
    public static Map<String, String> values(List<String> texts) {
        return values("option --tag", texts);
    }

    /**
     * The tags of arguments, each as {@code NAME=VALUE}.
     *
     * @throws SnapshotException INVALID_REQUEST for a text without a name or a value, or a name that comes twice
     */
    public static Map<String, String> arguments(List<String> texts) {
        return values("argument NAME=VALUE", texts);
    }

    private static Map<String, String> values(String place, List<String> texts) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String text : texts) {
            int sign = text.indexOf('=');
            String name = sign < 0 ? "" : text.substring(0, sign);
            requireName(place, name, text);
            if (values.putIfAbsent(name, text.substring(sign + 1)) != null) {
                throw SnapshotException.invalidRequest(place)
                        .actual("'" + name + "' twice")
                        .expected("one value a tag")
                        .build();
            }
        }
        return values;
    }

    /** Refuses a tag without a name. */
    private static void requireName(String place, String name, String text) {
        if (name.isBlank()) {
            throw SnapshotException.invalidRequest(place)
                    .actual("'" + text + "'")
                    .expected("NAME=VALUE, for example run=nightly")
                    .build();
        }
    }

    public boolean isEmpty() {
        return values.isEmpty() && names.isEmpty();
    }
}
