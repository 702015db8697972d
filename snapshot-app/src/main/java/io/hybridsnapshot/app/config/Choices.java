package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The values of an enum as users write them: in lower case, with hyphens ({@code best-effort}). Stateless.
 */
public final class Choices {
    private Choices() {}

    /** Returns the text of a value. */
    public static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the value with a text; empty if there is none. */
    public static <E extends Enum<E>> Optional<E> find(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> name(value).equals(text))
                .findFirst();
    }

    /** Returns the texts of all values for messages, as in {@code required, best-effort or off}. */
    public static String names(Class<? extends Enum<?>> type) {
        List<String> names =
                Arrays.stream(type.getEnumConstants()).map(Choices::name).toList();
        int last = names.size() - 1;
        return last == 0 ? names.get(0) : String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }

    /**
     * Returns the value of an option.
     *
     * @throws SnapshotException INVALID_REQUEST if there is no value with this text
     */
    public static <E extends Enum<E>> E ofOption(String option, Class<E> type, String text) {
        return find(type, text)
                .orElseThrow(() -> SnapshotException.invalidRequest("option " + option)
                        .actual("'" + text + "'")
                        .expected(names(type))
                        .build());
    }
}
