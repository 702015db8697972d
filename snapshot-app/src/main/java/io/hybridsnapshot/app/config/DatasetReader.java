package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.RowStampPolicy;
import io.hybridsnapshot.domain.encoding.ColumnRules;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.spi.SourceProvider;
import io.hybridsnapshot.engine.expectation.Expectation;
import io.hybridsnapshot.engine.expectation.Otherwise;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the file's section of one dataset. Not thread-safe. */
final class DatasetReader {
    /** Stands for every column that is not named. */
    static final String ANY_COLUMN = "*";

    private final YamlSection section;
    private final Path base;
    private final ServerReader servers;
    private final AdapterReader adapters;
    private final Problems problems;

    DatasetReader(YamlSection section, Path base, ServerReader servers, AdapterReader adapters, Problems problems) {
        this.section = section;
        this.base = base;
        this.servers = servers;
        this.adapters = adapters;
        this.problems = problems;
    }

    DatasetSection read(String name) {
        Map<String, ColumnType> types = types(section.section("types"));
        Optional<ColumnType> defaultType = Optional.ofNullable(types.remove(ANY_COLUMN));
        DatasetSection dataset = DatasetSection.builder()
                .source(source(section.section("source")))
                .key(section.texts("key"))
                .carried(section.texts("carried"))
                .partitionColumn(section.scalar("partition-column").map(YamlSection.Scalar::text))
                .hashRules(rules(section.section("hash-rules")))
                .leftOut(section.has("left-out") ? Optional.of(section.texts("left-out")) : Optional.empty())
                .types(types)
                .defaultType(defaultType)
                .csv(csv(section.section("csv")))
                .keepCount(number("keep-count").map(Double::intValue))
                .maxDeletedShare(number("max-deleted-share"))
                .maxChangedShare(number("max-changed-share"))
                .sourceDatabase(section.scalar("source-database").map(YamlSection.Scalar::text))
                .rowStamps(choice(section, "row-stamps", RowStampPolicy.class))
                .storedAs(storedAs())
                .expectations(expectations())
                .build();
        section.finish();
        dataset.source()
                .flatMap(dataset::uselessTypes)
                .ifPresent(problem -> problems.add(
                        section.placeOf("types"),
                        section.name("types") + ": found " + problem
                                + "; expected types for a file of CSV, JSON lines or Excel, or a source from"
                                + " a jar; remove them"));
        check(name, dataset);
        return dataset;
    }

    private List<Expectation> expectations() {
        List<Expectation> rules = new ArrayList<>();
        for (YamlSection.Item item : section.items("expect")) {
            Optional<YamlSection.Scalar> rule =
                    item.text().or(() -> item.section().flatMap(each -> each.scalar("rule")));
            Optional<Otherwise> otherwise = item.section().flatMap(each -> choice(each, "otherwise", Otherwise.class));
            item.section().ifPresent(YamlSection::finish);
            if (rule.isEmpty()) {
                problems.add(item.where(), section.name("expect") + ".rule is missing");
                continue;
            }
            try {
                Expectation read = Expectation.parse(rule.get().text());
                rules.add(otherwise.map(read::otherwise).orElse(read));
            } catch (SnapshotException e) {
                problems.add(rule.get().where(), e);
            }
        }
        return rules;
    }

    private Optional<String> storedAs() {
        return section.scalar("stored-as").flatMap(scalar -> {
            if (!Dataset.isName(scalar.text())) {
                problems.add(
                        scalar.where(),
                        section.name("stored-as") + ": found '" + scalar.text()
                                + "', expected the name of a dataset: up to 100 letters, digits and underscores, no"
                                + " digit first");
                return Optional.empty();
            }
            return Optional.of(scalar.text());
        });
    }

    /** A dataset without a key may be a preset with other settings. All other parts are checked in their own place. */
    private void check(String name, DatasetSection dataset) {
        try {
            DatasetSection whole = dataset.key().isEmpty()
                    ? DatasetSection.of(new SourceSection.Csv(base), List.of("key"))
                            .overriddenBy(dataset)
                    : dataset;
            whole.toBuilder().storedAs(Optional.empty()).build().dataset(name, Dataset.DEFAULT_KEEP_COUNT);
        } catch (SnapshotException e) {
            problems.add(section.place(), e);
        }
    }

    private Optional<SourceSection> source(YamlSection source) {
        Optional<YamlSection.Scalar> csv = source.scalar("csv");
        Optional<YamlSection.Scalar> json = source.scalar("jsonl");
        Optional<YamlSection.Scalar> excel = source.scalar("excel");
        Optional<YamlSection.Scalar> sheet = source.scalar("sheet");
        Optional<YamlSection.Scalar> parquet = source.scalar("parquet");
        Optional<YamlSection.Scalar> query = source.scalar("query");
        List<ServerType> types = Arrays.stream(ServerType.values())
                .filter(type -> source.has(type.key()))
                .toList();
        List<ServerSection> there = types.stream()
                .flatMap(type -> servers.source(source.section(type.key()), type).stream())
                .toList();
        Optional<AdapterChoice<SourceProvider>> foreign = adapters.source(source);
        Optional<ParallelSection> parallel =
                source.has("parallel") ? parallel(source.section("parallel")) : Optional.empty();
        source.finish();
        if (source.has("parallel") && query.isEmpty()) {
            problems.add(source.placeOf("parallel"), source.name("parallel") + ": expected a query beside it");
        }
        if (types.size() > 1) {
            problems.add(source.place(), source.name("postgres") + " and sqlserver: expected one of the two");
        }
        long said = Stream.of(csv, json, excel, parquet, query)
                .filter(Optional::isPresent)
                .count();
        if (said > 1) {
            problems.add(
                    source.place(), source.name("csv") + ", jsonl, excel, parquet and query: expected one of them");
        }
        if (sheet.isPresent() && excel.isEmpty()) {
            problems.add(source.placeOf("sheet"), source.name("sheet") + ": expected excel beside it");
        }
        if (!types.isEmpty() && query.isEmpty()) {
            problems.add(source.placeOf(types.get(0).key()), source.name("query") + " is missing");
        }
        if (foreign.isPresent() && said > 0) {
            problems.add(
                    source.place(),
                    source.name("type") + " and csv, jsonl, excel, parquet or query: expected one of them");
        }
        if (foreign.isPresent()) {
            return foreign.map(SourceSection.Foreign::new);
        }
        if (csv.isPresent()) {
            return path(csv.get(), source.name("csv")).map(SourceSection.Csv::new);
        }
        if (json.isPresent()) {
            return path(json.get(), source.name("jsonl")).map(SourceSection.JsonLines::new);
        }
        if (excel.isPresent()) {
            return path(excel.get(), source.name("excel"))
                    .map(file -> new SourceSection.Excel(file, sheet.map(YamlSection.Scalar::text)));
        }
        if (parquet.isPresent()) {
            return path(parquet.get(), source.name("parquet")).map(SourceSection.Parquet::new);
        }
        return query.map(
                sql -> new SourceSection.Query(sql.text(), there.stream().findFirst(), parallel));
    }

    private Optional<ParallelSection> parallel(YamlSection parallel) {
        Optional<YamlSection.Scalar> column = parallel.scalar("column");
        ParallelSection.Parts parts = new ParallelSection.Parts(
                column.map(YamlSection.Scalar::text),
                count(parallel, "connections", ParallelSection.Count.CONNECTIONS),
                count(parallel, "ranges", ParallelSection.Count.RANGES),
                choice(parallel, "moments", ParallelSection.Moments.class));
        parallel.finish();
        if (column.isEmpty()) {
            problems.add(parallel.place(), parallel.name("column") + " is missing");
        }
        return parts.plan();
    }

    private Optional<Integer> count(YamlSection parallel, String key, ParallelSection.Count count) {
        return parallel.scalar(key).flatMap(scalar -> {
            Optional<Integer> number = count.parse(scalar.text());
            if (number.isEmpty()) {
                problems.add(
                        scalar.where(),
                        parallel.name(key) + ": found '" + scalar.text() + "', expected " + count.expected());
            }
            return number;
        });
    }

    private Optional<Path> path(YamlSection.Scalar scalar, String name) {
        return servers.path(scalar, name, base);
    }

    private Map<String, ColumnRules> rules(YamlSection rules) {
        Map<String, ColumnRules> parsed = new LinkedHashMap<>();
        for (String column : rules.keys()) {
            try {
                parsed.put(column, ColumnRules.parse(rules.texts(column)));
            } catch (SnapshotException e) {
                problems.add(rules.placeOf(column), e);
            }
        }
        return parsed;
    }

    private Map<String, ColumnType> types(YamlSection types) {
        Map<String, ColumnType> parsed = new LinkedHashMap<>();
        for (String column : types.keys()) {
            types.scalar(column).ifPresent(scalar -> {
                try {
                    parsed.put(column, TypeNames.parse(scalar.text()));
                } catch (SnapshotException e) {
                    problems.add(scalar.where(), e);
                }
            });
        }
        return parsed;
    }

    private CsvSection csv(YamlSection csv) {
        CsvSection section = new CsvSection(
                character(csv, "separator"),
                character(csv, "quote"),
                empty(csv),
                encoding(csv),
                spelling(csv),
                choice(csv, "header", CsvSection.Header.class));
        csv.finish();
        return section;
    }

    private CsvSection.Spelling spelling(YamlSection csv) {
        List<String> nulls = csv.texts("nulls");
        if (csv.has("nulls") && nulls.isEmpty()) {
            // An unquoted null outside a list is YAML's own null.
            problems.add(csv.place(), "'" + csv.name("nulls") + "' names no text; write a list, such as [NULL, N/A]");
        }
        CsvSection.Spelling spelling = new CsvSection.Spelling(
                new LinkedHashSet<>(nulls),
                character(csv, "decimal"),
                character(csv, "thousands"),
                csv.scalar("date-format").map(YamlSection.Scalar::text));
        try {
            spelling.values();
        } catch (SnapshotException e) {
            problems.add(csv.place(), e);
            return CsvSection.Spelling.DEFAULT;
        }
        return spelling;
    }

    private Optional<Character> character(YamlSection csv, String key) {
        return csv.scalar(key).flatMap(scalar -> {
            Optional<Character> parsed = character(scalar.text());
            if (parsed.isEmpty()) {
                problems.add(
                        scalar.where(),
                        csv.name(key) + ": found '" + scalar.text() + "', expected one character, tab or space");
            }
            return parsed;
        });
    }

    /** The character that a text is; {@code tab} and {@code space} are two too. */
    static Optional<Character> character(String text) {
        if (text.equalsIgnoreCase("tab") || text.equals("\\t")) {
            return Optional.of('\t');
        }
        if (text.equalsIgnoreCase("space")) {
            return Optional.of(' ');
        }
        return text.length() == 1 ? Optional.of(text.charAt(0)) : Optional.empty();
    }

    private Optional<Charset> encoding(YamlSection csv) {
        return csv.scalar("encoding").flatMap(scalar -> {
            Optional<Charset> encoding = CsvSection.encoding(scalar.text());
            if (encoding.isEmpty()) {
                problems.add(
                        scalar.where(),
                        csv.name("encoding") + ": found '" + scalar.text()
                                + "', expected the name of an encoding, such as utf-8 or windows-1252");
            }
            return encoding;
        });
    }

    private Optional<CsvSection.EmptyCell> empty(YamlSection csv) {
        // An unquoted null is YAML's own null.
        if (csv.has("empty") && csv.scalar("empty").isEmpty()) {
            return Optional.of(CsvSection.EmptyCell.NULL);
        }
        return choice(csv, "empty", CsvSection.EmptyCell.class);
    }

    private <E extends Enum<E>> Optional<E> choice(YamlSection within, String key, Class<E> type) {
        return within.scalar(key).flatMap(scalar -> {
            Optional<E> named = Choices.find(type, scalar.text());
            if (named.isEmpty()) {
                problems.add(
                        scalar.where(),
                        within.name(key) + ": found '" + scalar.text() + "', expected " + Choices.names(type));
            }
            return named;
        });
    }

    private Optional<Double> number(String key) {
        return section.scalar(key).flatMap(scalar -> {
            try {
                double value = Double.parseDouble(scalar.text());
                if (key.equals("keep-count") && value != Math.rint(value)) {
                    throw new NumberFormatException("a fraction");
                }
                return Optional.of(value);
            } catch (NumberFormatException e) {
                problems.add(
                        scalar.where(),
                        section.name(key) + ": found '" + scalar.text() + "', expected "
                                + (key.equals("keep-count") ? "a whole number" : "a number"));
                return Optional.empty();
            }
        });
    }
}
