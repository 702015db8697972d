package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.domain.source.RowStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A CSV file as a source of rows (RFC 4180 with CR, LF or CRLF): UTF-8 with or without a byte order mark, UTF-16 with
 * one, or the encoding of the format; plain or compressed with gzip. The first record holds the names of the columns.
 * {@link CsvFormat} defines their types. If a type has to be inferred, opening first reads the whole file once, and
 * threads of Java's common pool share the columns with the caller. A change of the file between the two reads is
 * detected only if a cell does not fit its type. One batch and the longest field of the file (at most 16 Mi characters)
 * are in memory at a time. Immutable; may be opened any number of times.
 */
public final class CsvRowSource implements RowSource {
    private final CsvFile file;
    private final CsvFormat format;
    private final TypeDeclaration declaration;
    private final Set<String> required;
    /** Another file with cells that count when types are inferred. */
    private final Optional<CsvRowSource> companion;

    private final ColumnRenames renames;

    /** A source that reads this file, which is looked at only when it is opened. */
    public CsvRowSource(Path file, CsvFormat format) {
        this(
                new CsvFile(Objects.requireNonNull(file, "file"), format.encoding()),
                format,
                TypeDeclaration.PLAIN,
                Set.of(),
                Optional.empty(),
                ColumnRenames.NONE);
    }

    private CsvRowSource(
            CsvFile file,
            CsvFormat format,
            TypeDeclaration declaration,
            Set<String> required,
            Optional<CsvRowSource> companion,
            ColumnRenames renames) {
        this.file = file;
        this.format = Objects.requireNonNull(format, "format");
        this.declaration = Objects.requireNonNull(declaration, "declaration");
        this.required = required;
        this.companion = companion;
        this.renames = renames;
    }

    /** The same source with errors that name types in these words. */
    public CsvRowSource declaring(TypeDeclaration other) {
        return new CsvRowSource(file, format, other, required, companion, renames);
    }

    /** The same source, which opens only if the header has these columns. */
    public CsvRowSource requiring(Collection<String> columns) {
        return new CsvRowSource(
                file,
                format,
                declaration,
                Collections.unmodifiableSet(new LinkedHashSet<>(columns)),
                companion,
                renames);
    }

    /** {@inheritDoc} The other source counts if it is a CSV file that can be read more than once. */
    @Override
    public RowSource inferringOver(RowSource other) {
        return other instanceof CsvRowSource csv && csv.file.isRepeatable()
                ? new CsvRowSource(file, format, declaration, required, Optional.of(csv), renames)
                : this;
    }

    /** {@inheritDoc} Types and columns that were declared or required before keep their meaning. */
    @Override
    public RowSource renaming(ColumnRenames other) {
        if (!renames.isEmpty() || other.isEmpty()) {
            return RowSource.super.renaming(other);
        }
        Map<String, ColumnType> types = new HashMap<>();
        format.types().forEach((name, type) -> types.put(other.names().getOrDefault(name, name), type));
        Set<String> needed = new LinkedHashSet<>();
        required.forEach(name -> needed.add(other.names().getOrDefault(name, name)));
        return new CsvRowSource(
                file, format.withTypes(types), declaration, Collections.unmodifiableSet(needed), companion, other);
    }

    @Override
    public String description() {
        return file.name();
    }

    /**
     * {@inheritDoc}
     *
     * @throws SnapshotException INVALID_REQUEST also if a declared or required column is not in the header; CORRUPT for
     *     broken compression. Except for errors of the file itself, each names the line on which the record starts
     */
    @Override
    public RowStream open(ReadOptions options) {
        CsvErrors errors = new CsvErrors(file, format);
        CsvPass pass = new CsvPass(errors, format);
        try {
            List<String> header = renames.applyTo(pass.readHeader(), file.name());
            Map<String, Integer> positions = positions(header);
            for (String declared : format.types().keySet()) {
                if (!positions.containsKey(declared)) {
                    throw errors.unknownDeclaration(pass.headerLine(), declared);
                }
            }
            requireColumns(errors, pass.headerLine(), positions, required);
            requireColumns(errors, pass.headerLine(), positions, options.columns());
            Schema names = Schema.of(header.stream()
                    .map(name -> new Column(name, ColumnType.TEXT))
                    .toList());
            Schema wanted = options.columns().isEmpty() ? names : names.select(options.columns());
            boolean[] declared = new boolean[header.size()];
            Schema schema = typed(errors, header, positions, wanted, options.knownTypes(), declared);
            BatchFiller filler = new BatchFiller(errors, format, declaration, header);
            filler.start(schema, declared, options.batchRows());
            return new CsvRowStream(pass, filler, schema);
        } catch (RuntimeException | Error e) {
            try {
                pass.close();
            } catch (SnapshotException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    private static Map<String, Integer> positions(List<String> header) {
        Map<String, Integer> positions = new HashMap<>(2 * header.size());
        for (int field = 0; field < header.size(); field++) {
            positions.put(header.get(field), field);
        }
        return positions;
    }

    private static void requireColumns(
            CsvErrors errors, long line, Map<String, Integer> positions, Collection<String> names) {
        for (String name : names) {
            if (!positions.containsKey(name)) {
                throw errors.missingColumn(line, name);
            }
        }
    }

    private Schema typed(
            CsvErrors errors,
            List<String> header,
            Map<String, Integer> positions,
            Schema wanted,
            Optional<Schema> known,
            boolean[] declared) {
        ColumnType[] types = new ColumnType[header.size()];
        boolean[] unknown = new boolean[header.size()];
        boolean anyUnknown = false;
        for (int field = 0; field < types.length; field++) {
            String name = header.get(field);
            if (wanted.find(name).isEmpty()) {
                continue;
            }
            ColumnType said = format.types().get(name);
            OptionalInt earlier = known.map(schema -> schema.find(name)).orElse(OptionalInt.empty());
            if (said != null) {
                types[field] = said;
                declared[field] = true;
            } else if (earlier.isPresent()) {
                types[field] = known.orElseThrow().column(earlier.getAsInt()).type();
            } else if (format.defaultType().isPresent()) {
                types[field] = format.defaultType().get();
                declared[field] = true;
            } else if (format.inference() == Inference.NONE) {
                types[field] = ColumnType.TEXT;
            } else {
                unknown[field] = true;
                anyUnknown = true;
            }
        }
        if (anyUnknown) {
            infer(errors, header, unknown, types);
        }
        List<Column> columns = new ArrayList<>(wanted.size());
        for (Column column : wanted.columns()) {
            columns.add(new Column(column.name(), types[positions.get(column.name())]));
        }
        return Schema.of(columns);
    }

    private void infer(CsvErrors errors, List<String> header, boolean[] unknown, ColumnType[] types) {
        if (!file.isRepeatable()) {
            throw errors.readTwice();
        }
        Map<String, Integer> places = new HashMap<>();
        for (int field = 0; field < types.length; field++) {
            if (unknown[field]) {
                places.put(header.get(field), places.size());
            }
        }
        TypeCandidates found = new TypeCandidates(places.size());
        int width = show(found, places);
        if (width != types.length) {
            throw errors.ragged(1, width, types.length);
        }
        companion.ifPresent(other -> other.show(found, places));
        for (int field = 0; field < types.length; field++) {
            if (unknown[field]) {
                types[field] = found.type(places.get(header.get(field)));
            }
        }
    }

    /** Passes the cells of the file to an inference. Returns the number of columns in the header. */
    private int show(TypeCandidates found, Map<String, Integer> places) {
        CsvErrors errors = new CsvErrors(file, format);
        try (CsvPass pass = new CsvPass(errors, format)) {
            List<String> header = renames.applyTo(pass.readHeader(), file.name());
            int[] placesByField = header.stream()
                    .mapToInt(name -> places.getOrDefault(name, -1))
                    .toArray();
            pass.readAll(new TypeInference(format, found, placesByField));
            return header.size();
        }
    }
}
