package io.hybridsnapshot.csv;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.ColumnType;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.ColumnRenames;
import io.hybridsnapshot.domain.source.ReadListener;
import io.hybridsnapshot.domain.source.ReadOptions;
import io.hybridsnapshot.domain.source.RowStream;
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
import java.util.function.LongConsumer;

/**
 * A table of text cells whose columns have types: declared, known or inferred. Immutable.
 *
 * @param table the cells
 * @param format the types of the columns and the meaning of the cells
 * @param declaration the words by which errors name types
 * @param required the columns that the header MUST have
 * @param companion another table with cells that count when types are inferred
 * @param renames other names for columns; the types and the required columns have them
 */
record TypedCells(
        CellTable table,
        CsvFormat format,
        TypeDeclaration declaration,
        Set<String> required,
        Optional<TypedCells> companion,
        ColumnRenames renames) {
    TypedCells {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(declaration, "declaration");
        required = Collections.unmodifiableSet(new LinkedHashSet<>(required));
        Objects.requireNonNull(companion, "companion");
        Objects.requireNonNull(renames, "renames");
    }

    TypedCells(CellTable table, CsvFormat format) {
        this(table, format, TypeDeclaration.PLAIN, Set.of(), Optional.empty(), ColumnRenames.NONE);
    }

    TypedCells over(CellTable other) {
        return new TypedCells(other, format, declaration, required, companion, renames);
    }

    TypedCells declaring(TypeDeclaration other) {
        return new TypedCells(table, format, other, required, companion, renames);
    }

    TypedCells requiring(Collection<String> columns) {
        return new TypedCells(table, format, declaration, new LinkedHashSet<>(columns), companion, renames);
    }

    /** The same, with types that hold the cells of another table too, if that can be read more than once. */
    Optional<TypedCells> inferringOver(TypedCells other) {
        return other.table.isRepeatable()
                ? Optional.of(new TypedCells(table, format, declaration, required, Optional.of(other), renames))
                : Optional.empty();
    }

    /**
     * The same with other names for columns; types and columns that were declared or required before keep their
     * meaning. Empty if columns have other names already.
     */
    Optional<TypedCells> renaming(ColumnRenames other) {
        if (!renames.isEmpty()) {
            return Optional.empty();
        }
        Map<String, ColumnType> types = new HashMap<>();
        format.types().forEach((name, type) -> types.put(other.names().getOrDefault(name, name), type));
        Set<String> needed = new LinkedHashSet<>();
        required.forEach(name -> needed.add(other.names().getOrDefault(name, name)));
        return Optional.of(new TypedCells(table, format.withTypes(types), declaration, needed, companion, other));
    }

    /** Opens the rows, as {@link CsvRowSource#open} promises. */
    RowStream open(ReadOptions options) {
        CellPass pass = table.pass();
        try {
            CellErrors errors = pass.errors();
            List<String> header = renames.applyTo(pass.readHeader(), table.name());
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
            Schema schema = typed(errors, header, positions, wanted, options, declared);
            BatchFiller filler = new BatchFiller(errors, format, declaration, header);
            filler.start(schema, declared, options.batchRows());
            return new CellRowStream(pass, filler, schema, options.listener(), table.length());
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
            CellErrors errors, long line, Map<String, Integer> positions, Collection<String> names) {
        for (String name : names) {
            if (!positions.containsKey(name)) {
                throw errors.missingColumn(line, name);
            }
        }
    }

    private Schema typed(
            CellErrors errors,
            List<String> header,
            Map<String, Integer> positions,
            Schema wanted,
            ReadOptions options,
            boolean[] declared) {
        Optional<Schema> known = options.knownTypes();
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
                // A second reading knows the type that the first one took from the default.
                declared[field] =
                        format.defaultType().filter(types[field]::equals).isPresent();
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
            infer(errors, header, unknown, types, options.listener());
        }
        List<Column> columns = new ArrayList<>(wanted.size());
        for (Column column : wanted.columns()) {
            columns.add(new Column(column.name(), types[positions.get(column.name())]));
        }
        return Schema.of(columns);
    }

    private void infer(
            CellErrors errors, List<String> header, boolean[] unknown, ColumnType[] types, ReadListener listener) {
        if (!table.isRepeatable()) {
            throw errors.readTwice();
        }
        Map<String, Integer> places = new HashMap<>();
        for (int field = 0; field < types.length; field++) {
            if (unknown[field]) {
                places.put(header.get(field), places.size());
            }
        }
        TypeCandidates found = new TypeCandidates(places.size());
        long whole =
                table.length() + companion.map(other -> other.table.length()).orElse(0L);
        int width = show(found, places, position -> hear(listener, ReadListener.Purpose.TYPES, position, whole));
        if (width != types.length) {
            throw errors.ragged(1, width, types.length);
        }
        companion.ifPresent(other -> other.show(
                found,
                places,
                position -> hear(listener, ReadListener.Purpose.TYPES, table.length() + position, whole)));
        for (int field = 0; field < types.length; field++) {
            if (unknown[field]) {
                types[field] = found.type(places.get(header.get(field)));
            }
        }
    }

    /** Reports a position, if it is known. A file that grows is read beyond the length that it had. */
    static void hear(ReadListener listener, ReadListener.Purpose purpose, long position, long whole) {
        if (position > 0 && whole > 0) {
            listener.at(purpose, Math.min(position, whole), whole);
        }
    }

    /** Passes the cells of the table to an inference. Returns the number of columns in the header. */
    private int show(TypeCandidates found, Map<String, Integer> places, LongConsumer positions) {
        try (CellPass pass = table.pass()) {
            List<String> header = renames.applyTo(pass.readHeader(), table.name());
            int[] placesByField = header.stream()
                    .mapToInt(name -> places.getOrDefault(name, -1))
                    .toArray();
            TypeInference inference = new TypeInference(format, found, placesByField);
            while (pass.advance(CellBlock.BLOCK_CELLS, inference)) {
                positions.accept(pass.position());
            }
            return header.size();
        }
    }
}
