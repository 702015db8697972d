package io.hybridsnapshot.app.config;

import io.hybridsnapshot.domain.schema.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One mapping of the file. Every requested key is a known one; {@link #finish} reports the others. Errors go to the
 * {@link Problems}, and the caller gets an empty result. Not thread-safe.
 */
final class YamlSection {
    /** A text with the place it stands at. */
    record Scalar(String text, String where) {}

    /**
     * An item of a list: a text, or a section of its own.
     *
     * @param text the text; empty: it is a section
     * @param section the section; empty: it is a text
     * @param where its place
     */
    record Item(Optional<Scalar> text, Optional<YamlSection> section, String where) {}

    private final String file;
    private final String path;
    private final String place;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Set<String> asked = new TreeSet<>();
    private final Problems problems;

    private YamlSection(String file, String path, String place, Problems problems) {
        this.file = file;
        this.path = path;
        this.place = place;
        this.problems = problems;
    }

    /** A section without keys, for a file that is not there. */
    static YamlSection empty(String path, Problems problems) {
        return new YamlSection("", path, "", problems);
    }

    /** The section that a mapping is. */
    static YamlSection of(String file, String path, MappingNode node, Problems problems) {
        YamlSection section = new YamlSection(file, path, place(file, node), problems);
        for (NodeTuple tuple : node.getValue()) {
            String where = place(file, tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(where, "a key has to be a text");
                continue;
            }
            if (section.entries.put(key.getValue(), tuple.getValueNode()) != null) {
                problems.add(where, "key '" + section.name(key.getValue()) + "' stands twice");
            }
            section.places.put(key.getValue(), where);
        }
        return section;
    }

    private static String place(String file, Node node) {
        return file + ":" + (node.getStartMark().getLine() + 1);
    }

    /** The place of the section. */
    String place() {
        return place;
    }

    /** The place of a key. */
    String placeOf(String key) {
        return places.getOrDefault(key, place);
    }

    /** The names of all keys, for mappings with keys that the user chooses. */
    Set<String> keys() {
        return entries.keySet();
    }

    /** A key's full name. */
    String name(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Optional<Scalar> scalar(String key) {
        Node node = value(key);
        if (node == null) {
            requireValue(key);
            return Optional.empty();
        }
        if (node instanceof ScalarNode scalar) {
            return Optional.of(new Scalar(scalar.getValue(), placeOf(key)));
        }
        problems.add(placeOf(key), "'" + name(key) + "' has to be a single value");
        return Optional.empty();
    }

    /**
     * A key without a value is a mistake: a template may have had none for it, and the setting would be off without a
     * word. Only a written {@code null} counts as a key that is not there.
     */
    private void requireValue(String key) {
        if (entries.get(key) instanceof ScalarNode scalar && !scalar.getValue().equalsIgnoreCase("null")) {
            problems.add(
                    placeOf(key),
                    "'" + name(key) + "' has no value; give it one, or remove the key"
                            + (scalar.getValue().isEmpty() ? "" : " ('" + scalar.getValue() + "' is none in YAML)"));
        }
    }

    /** A list of texts; a single text is a list of one. */
    List<String> texts(String key) {
        Node node = value(key);
        List<String> texts = new ArrayList<>();
        if (node instanceof ScalarNode scalar) {
            texts.add(scalar.getValue());
        } else if (node instanceof SequenceNode sequence) {
            for (Node item : sequence.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    texts.add(scalar.getValue());
                } else {
                    problems.add(place(file, item), "'" + name(key) + "' has to be a list of single values");
                }
            }
        } else if (node != null) {
            problems.add(placeOf(key), "'" + name(key) + "' has to be a list");
        }
        return texts;
    }

    /** A list of texts and sections; a single text or section is a list of one. */
    List<Item> items(String key) {
        Node node = value(key);
        if (node == null) {
            requireValue(key);
            return List.of();
        }
        List<Item> items = new ArrayList<>();
        for (Node item : node instanceof SequenceNode sequence ? sequence.getValue() : List.of(node)) {
            String where = place(file, item);
            if (item instanceof ScalarNode scalar) {
                items.add(new Item(Optional.of(new Scalar(scalar.getValue(), where)), Optional.empty(), where));
            } else if (item instanceof MappingNode mapping) {
                items.add(new Item(Optional.empty(), Optional.of(of(file, name(key), mapping, problems)), where));
            } else {
                problems.add(where, "'" + name(key) + "' has to be a list of texts and sections");
            }
        }
        return items;
    }

    /** A section below this one; a missing section has no keys. */
    YamlSection section(String key) {
        Node node = value(key);
        if (node instanceof MappingNode mapping) {
            return of(file, name(key), mapping, problems);
        }
        if (node != null) {
            problems.add(placeOf(key), "'" + name(key) + "' has to be a section with keys of its own");
        }
        return new YamlSection(file, name(key), place, problems);
    }

    /** Whether a key is present, with any value. */
    boolean has(String key) {
        asked.add(key);
        return entries.containsKey(key);
    }

    /** Reports every key that was never requested. */
    void finish() {
        for (String key : entries.keySet()) {
            if (!asked.contains(key)) {
                String hint = NearestName.among(asked, key)
                        .map(nearest -> "did you mean '" + nearest + "'?")
                        .orElse("known keys: " + String.join(", ", asked));
                problems.add(placeOf(key), "unknown key '" + name(key) + "' (" + hint + ")");
            }
        }
    }

    private Node value(String key) {
        asked.add(key);
        Node node = entries.get(key);
        return node == null || node.getTag().equals(Tag.NULL) ? null : node;
    }
}
