package io.hybridsnapshot.app.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * JSON documents as maps in the order of their fields. Numbers stay numbers, and an empty Optional is {@code null}. Any
 * other value that is neither a list nor a map becomes its text. Stateless.
 */
public final class Json {
    private Json() {}

    /** An object of names and values in turn. */
    public static Map<String, Object> object(Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return object;
    }

    /** Prints a document, indented, and a line break; flushed when this returns. */
    public static void print(PrintStream out, Map<String, Object> document) {
        try {
            Writing.document(out, document);
        } catch (IOException e) {
            throw new UncheckedIOException("the JSON document cannot be written", e);
        }
        out.println();
        out.flush();
    }

    /** A generator that leaves its stream open; for documents too large for a map. */
    public static JsonGenerator generator(OutputStream out) throws IOException {
        return Writing.FACTORY.createGenerator(out);
    }

    /** Writes a value. */
    public static void write(JsonGenerator generator, Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof Optional<?> optional) {
            write(generator, optional.orElse(null));
        } else if (value instanceof OptionalLong optional) {
            write(generator, optional.isPresent() ? optional.getAsLong() : null);
        } else if (value instanceof OptionalInt optional) {
            write(generator, optional.isPresent() ? optional.getAsInt() : null);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else if (value instanceof Integer || value instanceof Long) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            generator.writeNumber(number.doubleValue());
        } else if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                generator.writeFieldName(entry.getKey().toString());
                write(generator, entry.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof Collection<?> list) {
            generator.writeStartArray();
            for (Object item : list) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else {
            generator.writeString(value.toString());
        }
    }

    /** Loaded for the first document, so that a command without one does not load the library. */
    private static final class Writing {
        static final JsonFactory FACTORY = JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build();

        private Writing() {}

        static void document(PrintStream out, Map<String, Object> document) throws IOException {
            try (JsonGenerator generator = generator(out)) {
                generator.setPrettyPrinter(new DefaultPrettyPrinter());
                write(generator, document);
            }
        }
    }
}
