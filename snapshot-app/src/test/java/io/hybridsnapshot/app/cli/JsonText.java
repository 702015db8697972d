package io.hybridsnapshot.app.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** JSON as maps, lists, texts, numbers and nulls; exactly one document a text. */
final class JsonText {
    private JsonText() {}

    static Map<String, Object> document(String text) {
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            parser.nextToken();
            @SuppressWarnings("unchecked")
            Map<String, Object> document = (Map<String, Object>) value(parser);
            if (parser.nextToken() != null) {
                throw new AssertionError("more than one document: " + text);
            }
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException("not JSON: " + text, e);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> object = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.put(name, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> parser.getText();
        };
    }

    /** A value by its path, for example {@code delta.counts.new} or {@code datasets.0.window}. */
    static Object at(Map<String, Object> document, String path) {
        Object at = document;
        for (String step : path.split("\\.")) {
            if (at instanceof List<?> list) {
                at = list.get(Integer.parseInt(step));
            } else {
                Map<?, ?> map = (Map<?, ?>) at;
                if (!map.containsKey(step)) {
                    throw new AssertionError("no '" + step + "' of " + path + " in " + map.keySet());
                }
                at = map.get(step);
            }
        }
        return at;
    }

    /** The names of all fields with their paths; those of a list's items once. */
    static Set<String> fields(Object value) {
        Set<String> fields = new TreeSet<>();
        collect("", value, fields);
        return fields;
    }

    private static void collect(String path, Object value, Set<String> fields) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, inner) -> {
                String field = path.isEmpty() ? name.toString() : path + "." + name;
                fields.add(field);
                collect(field, inner, fields);
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> collect(path + "[]", item, fields));
        }
    }
}
