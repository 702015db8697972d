package io.hybridsnapshot.app.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hybridsnapshot.app.report.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The description of a backup, its last member. {@code docs/how-to/backup.md} describes the format. Immutable.
 *
 * @param createdAt the moment of the backup
 * @param stores the archive and the window
 * @param members all other members with contents
 */
record Manifest(Instant createdAt, List<StoreContents> stores, List<Member> members) {
    static final String FORMAT = "hybrid-snapshots backup 1";

    /**
     * A member of the file.
     *
     * @param bytes the uncompressed size
     * @param sha256 the SHA-256 of the uncompressed bytes
     */
    record Member(String name, long bytes, String sha256) {}

    /**
     * A column.
     *
     * @param type PostgreSQL's name of the type, without a length
     * @param modifier the length and the like as PostgreSQL encodes it, or -1
     */
    record Column(String name, String type, int modifier) {
        /** Whether another column has the same name and type; lengths may differ. */
        boolean isLike(Column other) {
            return name.equals(other.name) && type.equals(other.type);
        }

        private Map<String, Object> json() {
            return modifier < 0
                    ? Json.object("name", name, "type", type)
                    : Json.object("name", name, "type", type, "modifier", modifier);
        }

        private static Column of(Node node) {
            return new Column(
                    node.text("name"), node.text("type"), node.has("modifier") ? node.integer("modifier") : -1);
        }
    }

    /** A table and the member with its rows. */
    record TableRows(String table, String member, long rows, List<Column> columns) {}

    /** The last number that a column's sequence gave out. */
    record Sequence(String table, String column, long value) {}

    /** The contents of one store. */
    record StoreContents(Store store, List<String> datasets, List<TableRows> tables, List<Sequence> sequences) {
        long rowsOf(String table) {
            return tables.stream()
                    .filter(each -> each.table().equals(table))
                    .mapToLong(TableRows::rows)
                    .sum();
        }
    }

    StoreContents of(Store store) {
        return stores.stream()
                .filter(each -> each.store() == store)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a manifest without the " + store.label()));
    }

    byte[] toJson() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = Json.generator(bytes)) {
            Json.write(
                    generator,
                    Json.object(
                            "format",
                            FORMAT,
                            "createdAt",
                            createdAt,
                            "stores",
                            stores.stream().map(Manifest::json).toList(),
                            "members",
                            members.stream()
                                    .map(each -> Json.object(
                                            "name", each.name(), "bytes", each.bytes(), "sha256", each.sha256()))
                                    .toList()));
        } catch (IOException e) {
            throw new IllegalStateException("a stream in memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static Map<String, Object> json(StoreContents contents) {
        return Json.object(
                "store",
                contents.store().label(),
                "datasets",
                contents.datasets(),
                "tables",
                contents.tables().stream()
                        .map(table -> Json.object(
                                "table",
                                table.table(),
                                "member",
                                table.member(),
                                "rows",
                                table.rows(),
                                "columns",
                                table.columns().stream().map(Column::json).toList()))
                        .toList(),
                "sequences",
                contents.sequences().stream()
                        .map(each -> Json.object("table", each.table(), "column", each.column(), "value", each.value()))
                        .toList());
    }

    /**
     * Reads a manifest.
     *
     * @return empty if it has another format
     * @throws IOException if the text is no JSON or lacks a field
     */
    static Optional<Manifest> parse(byte[] json) throws IOException {
        Object root;
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            if (parser.nextToken() == null) {
                throw new IOException("the manifest is empty");
            }
            root = value(parser);
        }
        try {
            Node document = new Node(root);
            if (!document.text("format").equals(FORMAT)) {
                return Optional.empty();
            }
            return Optional.of(new Manifest(
                    Instant.parse(document.text("createdAt")),
                    document.list("stores").stream().map(Manifest::contents).toList(),
                    document.list("members").stream()
                            .map(each -> new Member(each.text("name"), each.number("bytes"), each.text("sha256")))
                            .toList()));
        } catch (ClassCastException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new IOException("a field of the manifest is missing or wrong", e);
        }
    }

    private static StoreContents contents(Node node) {
        String label = node.text("store");
        Store store = Arrays.stream(Store.values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(label));
        return new StoreContents(
                store,
                node.texts("datasets"),
                node.list("tables").stream()
                        .map(each -> new TableRows(
                                each.text("table"),
                                each.text("member"),
                                each.number("rows"),
                                each.list("columns").stream().map(Column::of).toList()))
                        .toList(),
                node.list("sequences").stream()
                        .map(each -> new Sequence(each.text("table"), each.text("column"), each.number("value")))
                        .toList());
    }

    private static Object value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> object = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                object.put(name, value(parser));
            }
            return object;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> list = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                list.add(value(parser));
            }
            return list;
        }
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : parser.getText();
    }

    /** A value of the document; the wrong type is a ClassCastException, a missing field an IllegalArgumentException. */
    private record Node(Object value) {
        private Object field(String name) {
            Object found = ((Map<?, ?>) value).get(name);
            if (found == null) {
                throw new IllegalArgumentException(name);
            }
            return found;
        }

        boolean has(String name) {
            return ((Map<?, ?>) value).containsKey(name);
        }

        String text(String name) {
            return (String) field(name);
        }

        long number(String name) {
            return (Long) field(name);
        }

        int integer(String name) {
            return Math.toIntExact(number(name));
        }

        List<Node> list(String name) {
            List<Node> nodes = new ArrayList<>();
            ((List<?>) field(name)).forEach(each -> nodes.add(new Node(each)));
            return nodes;
        }

        List<String> texts(String name) {
            return list(name).stream().map(each -> (String) each.value()).toList();
        }
    }
}
