package io.hybridsnapshot.app.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.hybridsnapshot.app.cli.option.DatasetOptions;
import io.hybridsnapshot.app.cli.terminal.ExitCode;
import io.hybridsnapshot.app.cli.terminal.Terminal;
import io.hybridsnapshot.app.config.DatasetSection;
import io.hybridsnapshot.app.dataset.DatasetCatalogue;
import io.hybridsnapshot.app.dataset.DefinedDataset;
import io.hybridsnapshot.app.dataset.RowSources;
import io.hybridsnapshot.app.report.DisplayText;
import io.hybridsnapshot.app.report.Json;
import io.hybridsnapshot.domain.batch.CellText;
import io.hybridsnapshot.domain.batch.RowBatch;
import io.hybridsnapshot.domain.encoding.KeyedHashes;
import io.hybridsnapshot.domain.encoding.LegacySpec;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.Schema;
import io.hybridsnapshot.domain.source.RowSource;
import io.hybridsnapshot.engine.hashing.HashRows;
import io.hybridsnapshot.engine.hashing.HashedRowStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code snapshot hash}. */
@Command(
        name = "hash",
        modelTransformer = HashCommand.WithoutCarry.class,
        description = {
            "Prints the identity and the row hash of each row of a file, as a save would compute them. Needs no"
                    + " database.",
            "One line a row: identity, hash, key; separated by tabs."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  snapshot hash orders.csv --key \"ORDER NO\"",
            "  snapshot hash orders.parquet --dataset ORDERS_UNIFIED --json",
            "  snapshot hash orders.parquet --key record_uuid --spec legacy-py-b"
        })
final class HashCommand implements Callable<Integer> {
    private final Terminal terminal;
    private final Configurations configurations;

    @Parameters(paramLabel = "FILE", description = "A .csv, .tsv, .jsonl, .xlsx or .parquet file.")
    private Path file;

    @Option(
            names = {"-d", "--dataset"},
            paramLabel = "NAME",
            order = 1,
            description = "Take the key, the types and the hash rules from this dataset.")
    private String name;

    @Option(
            names = "--spec",
            paramLabel = "NAME",
            order = 2,
            description = "Hash as the Python pipeline did: legacy-py-a, legacy-py-b or legacy-py-c. The file is read"
                    + " twice then.")
    private String spec;

    @Mixin
    private DatasetOptions options;

    HashCommand(Terminal terminal, Configurations configurations) {
        this.terminal = terminal;
        this.configurations = configurations;
    }

    @Override
    public Integer call() throws IOException {
        if (options.source().isPresent()) {
            throw SnapshotException.invalidRequest("the file is named twice")
                    .actual("'" + file + "' and --source " + options.source().get())
                    .expected("the file alone")
                    .build();
        }
        DatasetSection given = options.section(terminal.console().directory(), Optional.of(file));
        DefinedDataset dataset = new DatasetCatalogue(configurations.configuration())
                .defined(Optional.ofNullable(name).orElse("file"), given);
        RowSource source = RowSources.ofFilesAlone().of(dataset.dataset().name(), dataset.section(), given);
        Optional<LegacySpec> legacy = Optional.ofNullable(spec).map(LegacySpec::parse);
        legacy.ifPresent(known -> requireRereadable(known, terminal.resolve(file)));
        HashRows hashing = new HashRows(dataset.dataset(), source);
        try (HashedRowStream rows = legacy.map(hashing::openAs).orElseGet(hashing::open)) {
            Rows printed = new Rows(
                    rows, dataset.dataset().keyColumns(), terminal.console().out());
            if (terminal.json()) {
                printed.json(file);
            } else {
                printed.lines();
            }
        }
        return ExitCode.DONE.value();
    }

    /** A second opening of a pipe waits for ever. */
    private static void requireRereadable(LegacySpec spec, Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw SnapshotException.invalidRequest(
                            "a stream that is read only once cannot be hashed as the pipeline did")
                    .where("file " + file + ", hash spec " + spec.id())
                    .expected("a regular file: it is read twice, because the texts of a row depend on the other rows")
                    .nextStep("save the stream to a file first")
                    .build();
        }
    }

    /** The window keeps carried columns. They have no effect in this command, so its help does not mention them. */
    static final class WithoutCarry implements CommandLine.IModelTransformer {
        @Override
        public CommandLine.Model.CommandSpec transform(CommandLine.Model.CommandSpec spec) {
            CommandLine.Model.OptionSpec carry = spec.findOption("--carry");
            spec.remove(carry);
            return spec.addOption(carry.toBuilder().hidden(true).build());
        }
    }

    /** The rows on their way to stdout. */
    private record Rows(HashedRowStream rows, List<String> keyColumns, PrintStream out) {
        private static final byte[] TAB = {'\t'};

        void lines() throws IOException {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            for (Optional<HashedRowStream.Batch> next = rows.next();
                    next.isPresent() && !out.checkError();
                    next = rows.next()) {
                RowBatch batch = next.get().rows();
                KeyedHashes hashes = next.get().hashes();
                for (int row = 0; row < batch.rowCount(); row++) {
                    text(buffered, identity(hashes, row).orElse("-"));
                    buffered.write(TAB);
                    text(buffered, hashes.hex(row));
                    for (Optional<String> part : key(batch, row).values()) {
                        buffered.write(TAB);
                        text(buffered, part.map(DisplayText::escaped).orElse("NULL"));
                    }
                    buffered.write('\n');
                }
                buffered.flush();
            }
        }

        void json(Path file) throws IOException {
            long count = 0;
            try (JsonGenerator generator = Json.generator(out)) {
                generator.setPrettyPrinter(new DefaultPrettyPrinter());
                generator.writeStartObject();
                generator.writeStringField("command", "hash");
                generator.writeStringField("file", file.toString());
                generator.writeStringField("hashSpec", rows.specId());
                generator.writeArrayFieldStart("rows");
                for (Optional<HashedRowStream.Batch> next = rows.next();
                        next.isPresent() && !out.checkError();
                        next = rows.next()) {
                    RowBatch batch = next.get().rows();
                    KeyedHashes hashes = next.get().hashes();
                    for (int row = 0; row < batch.rowCount(); row++) {
                        Json.write(
                                generator,
                                Json.object(
                                        "identity", identity(hashes, row),
                                        "hash", hashes.hex(row),
                                        "key", key(batch, row)));
                    }
                    count += batch.rowCount();
                }
                generator.writeEndArray();
                generator.writeNumberField("rowCount", count);
                generator.writeEndObject();
            }
            out.println();
        }

        private static Optional<String> identity(KeyedHashes hashes, int row) {
            return hashes.lacksIdentity(row)
                    ? Optional.empty()
                    : Optional.of(hashes.identity(row).toString());
        }

        private Map<String, Optional<String>> key(RowBatch batch, int row) {
            Schema schema = batch.schema();
            Map<String, Optional<String>> key = new LinkedHashMap<>();
            for (String column : keyColumns) {
                int index = schema.indexOf(column);
                key.put(
                        column,
                        batch.vector(index).isNull(row)
                                ? Optional.empty()
                                : Optional.of(CellText.of(schema.column(index).type(), batch.vector(index), row)));
            }
            return key;
        }

        private static void text(OutputStream target, String text) throws IOException {
            target.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
