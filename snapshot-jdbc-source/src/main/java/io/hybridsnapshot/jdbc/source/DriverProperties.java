package io.hybridsnapshot.jdbc.source;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads the properties of a driver from a text. Stateless. */
final class DriverProperties {
    private DriverProperties() {}

    /** The properties of {@code name=value;name=value}, or one a line; empty: the text has another form. */
    static Optional<Map<String, String>> parse(String text) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String part : text.split("[;\\r\\n]", -1)) {
            int equals = part.indexOf('=');
            if (part.isBlank()) {
                continue;
            }
            String name = equals < 0 ? "" : part.substring(0, equals).strip();
            if (name.isEmpty()) {
                return Optional.empty();
            }
            properties.put(name, part.substring(equals + 1).strip());
        }
        return Optional.of(properties);
    }
}
