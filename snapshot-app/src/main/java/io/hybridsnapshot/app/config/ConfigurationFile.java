package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.output.OutputFile;
import io.hybridsnapshot.app.output.PendingOutput;
import io.hybridsnapshot.app.output.ProtectedFiles;
import io.hybridsnapshot.app.output.Replacement;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.error.FullDisk;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Writes definitions of datasets into the configuration file. The rest of the file stays unchanged, comments and blanks
 * included. Stateless.
 */
public final class ConfigurationFile {
    private static final String DATASETS = "datasets";
    private static final String NEW_FILE = """
            # What snapshot works with; docs/configuration.md lists every key. Relative paths start at this file.
            datasets:
            """;

    private ConfigurationFile() {}

    /**
     * Adds a dataset to a file. A missing file is created; an existing one is replaced atomically. A symbolic link
     * stays a symbolic link.
     *
     * @param inputs files that the configuration file must not be
     * @throws SnapshotException INVALID_REQUEST if the file defines the dataset already, or in a form that a line
     *     cannot be added to; UNAVAILABLE if it cannot be written
     */
    public static void addDataset(Path file, String name, DatasetSection section, ProtectedFiles inputs) {
        OutputFile output = OutputFile.check(Path.of(""), file, Replacement.ALWAYS, inputs);
        if (!output.isRegular()) {
            throw SnapshotException.invalidRequest("the configuration file cannot be edited")
                    .where(file.toString())
                    .actual("a device, a pipe or stdout")
                    .expected("a regular file")
                    .nextStep("name another file with --config")
                    .build();
        }
        Optional<String> old = read(file);
        Optional<MappingNode> tree = old.isEmpty() ? Optional.empty() : ConfigurationLoader.compose(file);
        Optional<NodeTuple> datasets = tree.flatMap(root -> entry(root, DATASETS));
        datasets.ifPresent(tuple -> requireNew(file, name, tuple.getValueNode()));
        List<String> lines = new ArrayList<>(old.orElse(NEW_FILE).lines().toList());
        Place place = old.isEmpty() ? new Place(lines.size(), 2) : place(file, name, section, lines, datasets);
        lines.addAll(place.line(), block(name, section, file, place.indent()));
        String text = String.join("\n", lines) + "\n";
        write(output, text);
        verify(output, file, name, old, section);
    }

    private record Place(int line, int indent) {}

    private static Place place(
            Path file, String name, DatasetSection section, List<String> lines, Optional<NodeTuple> datasets) {
        if (datasets.isEmpty()) {
            if (!lines.isEmpty() && !lines.get(lines.size() - 1).isBlank()) {
                lines.add("");
            }
            lines.add(DATASETS + ":");
            return new Place(lines.size(), 2);
        }
        Node value = datasets.get().getValueNode();
        if (value.getTag().equals(Tag.NULL)) {
            return new Place(datasets.get().getKeyNode().getStartMark().getLine() + 1, 2);
        }
        if (value instanceof MappingNode mapping
                && mapping.getFlowStyle() == DumperOptions.FlowStyle.BLOCK
                && !mapping.getValue().isEmpty()) {
            int indent = mapping.getValue().get(0).getKeyNode().getStartMark().getColumn();
            return new Place(lineAfter(mapping), indent);
        }
        throw notEditable(file, name, section);
    }

    /** The line after the last line of the node's texts. */
    private static int lineAfter(Node node) {
        if (node instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
            if (mapping.getFlowStyle() == DumperOptions.FlowStyle.FLOW) {
                return node.getEndMark().getLine() + 1;
            }
            return lineAfter(
                    mapping.getValue().get(mapping.getValue().size() - 1).getValueNode());
        }
        if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
            if (sequence.getFlowStyle() == DumperOptions.FlowStyle.FLOW) {
                return node.getEndMark().getLine() + 1;
            }
            return lineAfter(sequence.getValue().get(sequence.getValue().size() - 1));
        }
        boolean ownLine = node.getEndMark().getColumn() > 0;
        return node.getEndMark().getLine() + (ownLine ? 1 : 0);
    }

    private static Optional<NodeTuple> entry(MappingNode node, String key) {
        return node.getValue().stream()
                .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode scalar
                        && scalar.getValue().equals(key))
                .findFirst();
    }

    private static void requireNew(Path file, String name, Node datasets) {
        if (!(datasets instanceof MappingNode mapping)) {
            return;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            requireNotStored(file, name, tuple);
            if (tuple.getKeyNode() instanceof ScalarNode key && key.getValue().equalsIgnoreCase(name)) {
                throw SnapshotException.invalidRequest("the dataset is defined already")
                        .where(file + ":" + (key.getStartMark().getLine() + 1))
                        .actual("'" + key.getValue() + "'")
                        .expected("a new name, different by more than case")
                        .nextStep("change the definition in the file, or choose another name")
                        .build();
            }
        }
    }

    /** Another dataset may be stored under the new one's name. */
    private static void requireNotStored(Path file, String name, NodeTuple other) {
        Optional<ScalarNode> stored = other.getValueNode() instanceof MappingNode dataset
                ? entry(dataset, "stored-as")
                        .map(NodeTuple::getValueNode)
                        .filter(ScalarNode.class::isInstance)
                        .map(ScalarNode.class::cast)
                : Optional.empty();
        if (stored.filter(node -> node.getValue().equalsIgnoreCase(name)).isPresent()) {
            throw SnapshotException.invalidRequest("another dataset is stored under this name")
                    .where(file + ":" + (stored.get().getStartMark().getLine() + 1))
                    .actual("'stored-as: " + stored.get().getValue() + "'")
                    .expected("a name that no dataset has or is stored under")
                    .nextStep("choose another name")
                    .build();
        }
    }

    private static List<String> block(String name, DatasetSection section, Path file, int indent) {
        List<String> lines = new ArrayList<>();
        lines.add(quoted(name) + ":");
        section.source().ifPresent(source -> lines.add("  source: " + source(source, file)));
        lines.add("  key: " + list(section.key()));
        if (!section.carried().isEmpty()) {
            lines.add("  carried: " + list(section.carried()));
        }
        section.partitionColumn().ifPresent(column -> lines.add("  partition-column: " + quoted(column)));
        if (!section.types().isEmpty() || section.defaultType().isPresent()) {
            lines.add("  types:");
            for (Map.Entry<String, ColumnType> type : section.types().entrySet()) {
                lines.add("    " + quoted(type.getKey()) + ": " + type.getValue());
            }
            section.defaultType().ifPresent(type -> lines.add("    \"*\": " + type));
        }
        if (!section.hashRules().isEmpty()) {
            lines.add("  hash-rules:");
            for (Map.Entry<String, ColumnRules> rule : section.hashRules().entrySet()) {
                lines.add("    " + quoted(rule.getKey()) + ": "
                        + list(rule.getValue().texts()));
            }
        }
        section.leftOut().ifPresent(columns -> lines.add("  left-out: " + list(columns)));
        List<String> csv = csv(section.csv());
        if (!csv.isEmpty()) {
            lines.add("  csv: {" + String.join(", ", csv) + "}");
        }
        section.keepCount().ifPresent(count -> lines.add("  keep-count: " + count));
        section.maxDeletedShare().ifPresent(share -> lines.add("  max-deleted-share: " + share));
        section.maxChangedShare().ifPresent(share -> lines.add("  max-changed-share: " + share));
        if (!section.expectations().isEmpty()) {
            lines.add("  expect:");
            section.expectations().forEach(each -> lines.add("    - " + quoted(each.text())));
        }
        section.sourceDatabase().ifPresent(database -> lines.add("  source-database: " + quoted(database)));
        section.storedAs().ifPresent(stored -> lines.add("  stored-as: " + quoted(stored)));
        section.rowStamps().ifPresent(policy -> lines.add("  row-stamps: " + Choices.name(policy)));
        return lines.stream().map(line -> " ".repeat(indent) + line).toList();
    }

    private static List<String> csv(CsvSection csv) {
        List<String> parts = new ArrayList<>();
        csv.separator().ifPresent(c -> parts.add("separator: " + character(c)));
        csv.quote().ifPresent(c -> parts.add("quote: " + quoted(c.toString())));
        csv.empty().ifPresent(empty -> parts.add("empty: " + Choices.name(empty)));
        csv.encoding().ifPresent(encoding -> parts.add("encoding: " + quoted(encoding.name())));
        CsvSection.Spelling spelling = csv.spelling();
        if (!spelling.nulls().isEmpty()) {
            parts.add("nulls: " + list(List.copyOf(spelling.nulls())));
        }
        spelling.decimal().ifPresent(c -> parts.add("decimal: " + character(c)));
        spelling.thousands().ifPresent(c -> parts.add("thousands: " + character(c)));
        spelling.dateFormat().ifPresent(format -> parts.add("date-format: " + quoted(format)));
        csv.header().ifPresent(header -> parts.add("header: " + Choices.name(header)));
        return parts;
    }

    private static String character(char c) {
        return switch (c) {
            case '\t' -> "tab";
            case ' ' -> "space";
            default -> quoted(String.valueOf(c));
        };
    }

    private static String source(SourceSection source, Path file) {
        if (source instanceof SourceSection.Csv csv) {
            return "{csv: " + path(csv.file(), file) + "}";
        }
        if (source instanceof SourceSection.JsonLines json) {
            return "{jsonl: " + path(json.file(), file) + "}";
        }
        if (source instanceof SourceSection.Excel excel) {
            String sheet = excel.sheet().map(name -> ", sheet: " + quoted(name)).orElse("");
            return "{excel: " + path(excel.file(), file) + sheet + "}";
        }
        if (source instanceof SourceSection.Parquet parquet) {
            return "{parquet: " + path(parquet.file(), file) + "}";
        }
        if (source instanceof SourceSection.Query query) {
            return "{query: " + quoted(query.sql()) + "}";
        }
        throw new IllegalArgumentException("a source that no option names");
    }

    /** A path below the file's directory is written relative to it, so that the two can move together. */
    private static String path(Path path, Path file) {
        Path absolute = path.toAbsolutePath().normalize();
        Path directory = file.toAbsolutePath().normalize().getParent();
        return quoted(
                absolute.startsWith(directory)
                        ? directory.relativize(absolute).toString().replace('\\', '/')
                        : absolute.toString());
    }

    private static String list(List<String> texts) {
        return texts.stream().map(ConfigurationFile::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** A text as YAML: unchanged if every reader takes it for the text, in double quotes otherwise. */
    static String quoted(String text) {
        if (text.matches("[A-Za-z_./][A-Za-z0-9_./-]*")
                && !text.matches("(?i)true|false|null|yes|no|on|off|y|n|\\.|\\.nan|\\.inf")) {
            return text;
        }
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (c < 0x20 || c >= 0x7F && c < 0xA0 || c == 0xFEFF || c == 0x2028 || c == 0x2029) {
                        quoted.append(String.format("\\u%04x", c));
                    } else {
                        quoted.append((char) c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }

    private static Optional<String> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static void write(OutputFile output, String text) {
        try (PendingOutput pending = output.open(OutputStream.nullOutputStream())) {
            pending.stream().write(text.getBytes(StandardCharsets.UTF_8));
            pending.finish();
        } catch (IOException e) {
            throw unwritable(output.target(), e);
        }
    }

    /** Reads the written file back. If its form was not foreseen, the file gets its former text back. */
    private static void verify(
            OutputFile output, Path file, String name, Optional<String> old, DatasetSection section) {
        boolean there;
        try {
            there = ConfigurationLoader.compose(file)
                    .flatMap(root -> entry(root, DATASETS))
                    .map(NodeTuple::getValueNode)
                    .filter(MappingNode.class::isInstance)
                    .flatMap(datasets -> entry((MappingNode) datasets, name))
                    .isPresent();
        } catch (SnapshotException e) {
            there = false;
        }
        if (!there) {
            old.ifPresent(text -> write(output, text));
            throw notEditable(file, name, section);
        }
    }

    private static SnapshotException notEditable(Path file, String name, DatasetSection section) {
        SnapshotException.Builder error = SnapshotException.invalidRequest(
                        "the dataset cannot be added to the configuration file")
                .where(file.toString())
                .actual("a section 'datasets' that takes no further lines")
                .expected("a block of lines for each dataset")
                .nextStep("add this below 'datasets:' by hand:");
        block(name, section, file, 2).forEach(error::line);
        return error.build();
    }

    private static SnapshotException unwritable(Path file, IOException cause) {
        return FullDisk.unwritable("the configuration file cannot be written", file, cause)
                .build();
    }
}
