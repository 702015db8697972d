package io.hybridsnapshot.app.config;

import io.hybridsnapshot.app.adapter.AdapterChoice;
import io.hybridsnapshot.domain.dataset.Dataset;
import io.hybridsnapshot.domain.dataset.KeepCount;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.retention.CalendarRule;
import io.hybridsnapshot.domain.spi.ArchiveProvider;
import io.hybridsnapshot.domain.spi.CodecProvider;
import io.hybridsnapshot.domain.spi.WindowProvider;
import io.hybridsnapshot.engine.comparison.RowJoin;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads the configuration: command line over environment over file over defaults. Reports all problems in one error,
 * with lines where they are known. Stateless.
 */
public final class ConfigurationLoader {
    /** The default file, read from the current directory. */
    public static final String FILE_NAME = "snapshot.yaml";

    /** The environment variable that names the file. */
    public static final String FILE_VARIABLE = "SNAPSHOT_CONFIG";

    private ConfigurationLoader() {}

    /**
     * The configuration file to read, or the one that {@code init} creates. It is the file named on the command line,
     * or else by {@code SNAPSHOT_CONFIG}, or else {@code snapshot.yaml} in the current directory. The file may be
     * missing.
     */
    public static Path file(ConfigurationRequest request) {
        DecodedText.require(
                "a variable",
                "environment variable " + FILE_VARIABLE,
                request.environment().getOrDefault(FILE_VARIABLE, ""));
        Optional<Path> named = request.file()
                .or(() -> Optional.ofNullable(request.environment().get(FILE_VARIABLE))
                        .filter(text -> !text.isBlank())
                        .map(Path::of));
        return named.map(request.directory()::resolve)
                .orElseGet(() -> request.directory().resolve(FILE_NAME));
    }

    /**
     * Reads a configuration.
     *
     * @throws SnapshotException INVALID_REQUEST naming all problems of the configuration, UNAVAILABLE if the file
     *     cannot be read
     */
    public static Configuration load(ConfigurationRequest request) {
        Path file = file(request);
        boolean named = request.file().isPresent()
                || !request.environment().getOrDefault(FILE_VARIABLE, "").isBlank();
        if (Files.notExists(file)) {
            if (named) {
                throw SnapshotException.invalidRequest("no such configuration file")
                        .where(file.toString())
                        .nextStep("correct --config or " + FILE_VARIABLE + ", or make it with 'snapshot init'")
                        .build();
            }
            return read(request, Optional.empty(), Optional.empty());
        }
        return read(request, Optional.of(file), compose(file));
    }

    /**
     * Reads a configuration. Its file may not exist yet.
     *
     * @throws SnapshotException as {@link #load}, except for a missing file
     */
    public static Configuration loadOrDefaults(ConfigurationRequest request) {
        return Files.exists(file(request)) ? load(request) : read(request, Optional.empty(), Optional.empty());
    }

    /** The file's tree; empty for an empty file. */
    static Optional<MappingNode> compose(Path file) {
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            LoaderOptions options = new LoaderOptions();
            options.setMaxAliasesForCollections(50);
            Node root = new Yaml(new SafeConstructor(options)).compose(reader);
            if (root == null) {
                return Optional.empty();
            }
            if (root instanceof MappingNode mapping) {
                return Optional.of(mapping);
            }
            throw malformed(file, Optional.empty(), "a file without keys", null);
        } catch (MarkedYAMLException e) {
            Optional<Integer> line = Optional.ofNullable(e.getProblemMark()).map(mark -> mark.getLine() + 1);
            throw malformed(file, line, e.getProblem().replaceFirst("^(but )?found ", ""), e);
        } catch (YAMLException e) {
            if (e.getCause() instanceof IOException unread) {
                throw unreadable(file, unread);
            }
            throw malformed(
                    file, Optional.empty(), e.getMessage().lines().findFirst().orElse("unreadable"), e);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static SnapshotException unreadable(Path file, IOException cause) {
        if (cause instanceof CharacterCodingException) {
            return malformed(file, Optional.empty(), "bytes that are not UTF-8", cause);
        }
        if (Files.isDirectory(file)) {
            return SnapshotException.invalidRequest("the configuration file is a directory")
                    .where(file.toString())
                    .expected("a file")
                    .nextStep("name the file in it")
                    .cause(cause)
                    .build();
        }
        return SnapshotException.unavailable("the configuration file cannot be read")
                .where(file.toString())
                .actual(cause)
                .nextStep("check its permissions")
                .cause(cause)
                .build();
    }

    private static SnapshotException malformed(Path file, Optional<Integer> line, String problem, Exception cause) {
        return SnapshotException.invalidRequest("the configuration file is not YAML")
                .where(file + line.map(number -> ":" + number).orElse(""))
                .actual(problem)
                .expected("keys and values, indented by blanks")
                .nextStep("correct the file; docs/configuration.md shows one")
                .cause(cause)
                .build();
    }

    private static Configuration read(ConfigurationRequest request, Optional<Path> file, Optional<MappingNode> tree) {
        Problems problems = new Problems();
        YamlSection root = tree.map(node -> YamlSection.of(shown(request, file.orElseThrow()), "", node, problems))
                .orElseGet(() -> YamlSection.empty("", problems));
        SettingReader settings = new SettingReader(request, problems);
        Path base = file.map(path -> Optional.ofNullable(path.getParent()).orElse(Path.of("")))
                .orElse(request.directory());

        Optional<Path> named = settings.path(
                root,
                "home",
                "SNAPSHOT_HOME",
                base,
                request.userHome().map(userHome -> userHome.resolve(".hybrid-snapshots")));
        request.home()
                .ifPresent(path -> settings.replace(
                        "home", request.directory().resolve(path).toString(), "--home"));
        Optional<Path> home = request.home().map(request.directory()::resolve).or(() -> named);
        Optional<Path> work = settings.path(
                root,
                "work-directory",
                "SNAPSHOT_WORK_DIRECTORY",
                base,
                home.map(directory -> directory.resolve("work")));
        AdapterReader adapters = new AdapterReader(settings, base, problems);
        adapters.load(root.section("adapters"));
        ServerReader servers = new ServerReader(settings, request, base, problems)
                .withWindows(adapters.adapters().windows().keySet());
        YamlSection archiveSection = root.section("archive");
        Optional<AdapterChoice<ArchiveProvider>> foreignArchive = adapters.required(
                archiveSection, "SNAPSHOT_ARCHIVE_TYPE", adapters.adapters().archives(), ServerType.POSTGRESQL.key());
        StoreSection archive = foreignArchive.isPresent()
                ? servers.foreign(archiveSection, Configuration.ARCHIVE_DATABASE)
                : servers.archive(archiveSection);
        YamlSection windowSection = root.section("window");
        Optional<AdapterChoice<WindowProvider>> foreignWindow = adapters.optional(
                windowSection,
                settings.find(windowSection, "type", "SNAPSHOT_WINDOW_TYPE"),
                adapters.adapters().windows());
        StoreSection window = foreignWindow.isPresent()
                ? servers.foreign(windowSection, Configuration.WINDOW_DATABASE)
                : servers.window(windowSection, archive);
        YamlSection codecSection = root.section("codec");
        Optional<AdapterChoice<CodecProvider>> codec = adapters.required(
                codecSection, "SNAPSHOT_CODEC_TYPE", adapters.adapters().codecs(), "parquet");
        codecSection.finish();
        RetentionSection retention = retention(root.section("retention"), settings);
        RowJoin detectJoin = detectJoin(root.section("detect"), settings);
        ParquetSection parquet = parquet(root.section("parquet"), settings);
        EncryptionSection encryption =
                new EncryptionReader(settings, request, base, problems).read(root.section("encryption"));
        Duration serverIdle = serverIdle(root.section("server"), settings);
        Map<String, DatasetSection> datasets = datasets(root.section("datasets"), base, servers, adapters, problems);
        root.finish();
        boolean embedded = foreignArchive.isEmpty() && archive.server().isEmpty()
                || foreignWindow.isEmpty() && window.server().isEmpty();
        if (home.isEmpty() && (embedded || work.isEmpty())) {
            problems.add(
                    "home",
                    "no home directory of the user is known: HOME names no absolute path, and the system knows"
                            + " no directory of this user; name the directory for the program's data with"
                            + " --home DIRECTORY or SNAPSHOT_HOME, or set HOME");
        }
        problems.throwIfAny();
        return new Configuration(
                file,
                home.or(() -> work).orElseThrow(),
                work.orElseThrow(),
                archive,
                window,
                retention,
                detectJoin,
                parquet,
                new AdapterChoices(foreignArchive, foreignWindow, codec),
                encryption,
                serverIdle,
                datasets,
                settings.settings());
    }

    private static String shown(ConfigurationRequest request, Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path directory = request.directory().toAbsolutePath().normalize();
        return absolute.startsWith(directory) ? directory.relativize(absolute).toString() : absolute.toString();
    }

    private static RetentionSection retention(YamlSection section, SettingReader settings) {
        int keepDays = settings.integer(section, "keep-days", "ARCHIVE_RETENTION_DAYS", 0, 36_500, 90);
        int keepCount = settings.integer(
                section, "keep-count", "SNAPSHOT_KEEP_COUNT", KeepCount.LEAST, 10_000, Dataset.DEFAULT_KEEP_COUNT);
        CalendarRule calendar = new CalendarRule(
                kept(section, "last", settings),
                kept(section, "daily", settings),
                kept(section, "weekly", settings),
                kept(section, "monthly", settings),
                kept(section, "yearly", settings),
                settings.zone(section, "time-zone", "ARCHIVE_TIME_ZONE"));
        section.finish();
        return new RetentionSection(keepCount, keepDays, calendar);
    }

    private static int kept(YamlSection section, String period, SettingReader settings) {
        String variable = "ARCHIVE_KEEP_" + period.toUpperCase(Locale.ROOT);
        return settings.integer(section, "keep-" + period, variable, 0, 100_000, 0);
    }

    private static RowJoin detectJoin(YamlSection section, SettingReader settings) {
        RowJoin join = settings.choice(section, "join", "SNAPSHOT_DETECT_JOIN", RowJoin.class, RowJoin.DEFAULT);
        section.finish();
        return join;
    }

    private static Duration serverIdle(YamlSection section, SettingReader settings) {
        int seconds = settings.integer(section, "idle-seconds", "SNAPSHOT_SERVER_IDLE_SECONDS", 1, 7 * 24 * 3_600, (int)
                Configuration.SERVER_IDLE.toSeconds());
        section.finish();
        return Duration.ofSeconds(seconds);
    }

    private static ParquetSection parquet(YamlSection section, SettingReader settings) {
        ParquetSection parquet = settings.parquet(section);
        section.finish();
        return parquet;
    }

    private static Map<String, DatasetSection> datasets(
            YamlSection section, Path base, ServerReader servers, AdapterReader adapters, Problems problems) {
        Map<String, DatasetSection> datasets = new LinkedHashMap<>();
        Map<String, String> names = new HashMap<>();
        for (String name : section.keys()) {
            // Two such names would share the tables of one store, or be refused there.
            String other = names.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
            if (other != null) {
                problems.add(
                        section.placeOf(name),
                        "datasets '" + other + "' (" + section.placeOf(other) + ") and '" + name
                                + "' differ in case alone; rename one of them");
            }
            datasets.put(name, new DatasetReader(section.section(name), base, servers, adapters, problems).read(name));
        }
        requireOwnStores(section, datasets, names, problems);
        return datasets;
    }

    /** Two datasets in one place of the stores would take each other's snapshots for their own. */
    private static void requireOwnStores(
            YamlSection section, Map<String, DatasetSection> datasets, Map<String, String> names, Problems problems) {
        Map<String, String> takenBy = new HashMap<>(names);
        datasets.forEach((name, dataset) -> dataset.storedAs().ifPresent(stored -> {
            String other = takenBy.putIfAbsent(stored.toLowerCase(Locale.ROOT), name);
            if (other != null && !other.equals(name)) {
                YamlSection own = section.section(name);
                problems.add(
                        own.placeOf("stored-as"),
                        own.name("stored-as") + ": found '" + stored + "', which is "
                                + (other.equalsIgnoreCase(stored) ? "the name of " : "'stored-as' of ")
                                + "dataset '" + other + "' (" + section.placeOf(other)
                                + "); expected a name that stands for this dataset alone, in any case");
            }
        }));
    }
}
