package io.hybridsnapshot.testkit.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the architecture. Each rule checks the classes below a root package: {@link #ROOT} for this project, or
 * another team's root. A root holds {@code domain}, {@code engine}, {@code app} and one package per adapter. A rule
 * passes where the checked classes hold none of its subjects, so a single module can be checked too. The tests of this
 * module plant one violation per rule. Stateless.
 */
public final class ArchitectureRules {
    /** The root of this project's packages. */
    public static final String ROOT = "io.hybridsnapshot";

    /** The packages of this project's adapters, below the root. */
    public static final List<String> ADAPTERS = List.of(
            "csv",
            "encryption",
            "excel",
            "jdbc.source",
            "parquet",
            "postgres.archive",
            "postgres.source",
            "postgres.window",
            "sqlserver.source",
            "sqlserver.window");

    /**
     * The packages, below the root, that the adapters of one server share. Apart from the adapters beside it, only the
     * app may depend on such a package.
     */
    public static final List<String> SHARED_CONNECTIONS = List.of("postgres.connection", "sqlserver.connection");

    /**
     * The package, below the root, that all of {@link #SHARED_CONNECTIONS} build on. It knows no driver. Only they, the
     * adapters beside them and the app may depend on it.
     */
    public static final String COMMON_CONNECTION = "jdbc.connection";

    /** The packages, below the root, that turn files into text cells, which the package of CSV gives types. */
    private static final Map<String, String> BUILT_ON = Map.of("excel", "csv");

    /** The packages, below the root, that are neither adapters nor connections, and have no wiring of their own. */
    private static final List<String> BESIDE_ADAPTERS = List.of("embedded", "migration", "report", "silence");

    private static final List<String> LIBRARIES = List.of(
            "java.sql",
            "javax.sql",
            "org.jooq",
            "org.postgresql",
            "com.microsoft.sqlserver",
            "com.zaxxer.hikari",
            "org.apache.parquet",
            "org.apache.hadoop",
            "de.siegmar.fastcsv",
            "org.apache.commons.compress",
            "org.dhatim.fastexcel",
            "com.google.crypto.tink");

    private static final List<String> DRIVERS = List.of("org.postgresql..", "com.microsoft.sqlserver..");

    /** Annotations that tell which values may be null. */
    private static final String ANNOTATIONS = "org.jspecify.annotations..";

    /** The libraries of this project's adapters, as package patterns. */
    private static final Map<String, List<String>> ADAPTER_LIBRARIES = Map.ofEntries(
            Map.entry(
                    "csv",
                    List.of(
                            "ch.randelshofer.fastdoubleparser..",
                            "com.fasterxml.jackson.core..",
                            "com.github.luben.zstd..",
                            "org.apache.commons.compress..",
                            "org.apache.commons.io..")),
            Map.entry("encryption", List.of("com.google.crypto.tink..")),
            Map.entry(
                    "excel",
                    List.of("org.apache.commons.compress..", "org.apache.commons.io..", "org.dhatim.fastexcel..")),
            Map.entry("jdbc.source", List.of("java.sql..", "javax.sql..")),
            Map.entry(
                    "parquet",
                    List.of(
                            "org.apache.parquet..",
                            "com.github.luben.zstd..",
                            "io.airlift.compress..",
                            "org.xerial.snappy..")),
            Map.entry("postgres", List.of("java.sql..", "javax.sql..", "org.jooq..", "org.postgresql..")),
            Map.entry(
                    "sqlserver",
                    List.of(
                            "java.sql..",
                            "javax.sql..",
                            "org.jooq..",
                            "com.microsoft.sqlserver..",
                            "microsoft.sql..")));

    /** Packages of the JDK beside {@code java}. */
    private static final List<String> JDK = List.of("javax.crypto..", "javax.net..", "javax.security..");

    private static final List<String> VAGUE_ENDINGS = List.of("Util", "Utils", "Helper", "Impl", "Base", "Dto");

    private static final Set<String> INJECTIONS = Set.of(
            "com.google.inject.Inject",
            "jakarta.inject.Inject",
            "javax.inject.Inject",
            "jakarta.annotation.Resource",
            "org.springframework.beans.factory.annotation.Autowired");

    private ArchitectureRules() {}

    /**
     * All rules for this project's adapters, in the order of this page. An adapter that is not among the checked
     * classes is left out, so that a single module can be checked.
     */
    public static List<ArchRule> all(String root) {
        return List.of(
                domainUsesTheJdkAlone(root),
                engineUsesTheDomainAlone(root),
                internalsOfTheEngineAreItsOwn(root),
                engineApiShowsNoInternals(root),
                adaptersDoNotMeetUnchecked(root, ADAPTERS),
                adaptersUseTheirOwnLibrariesUnchecked(root, ADAPTER_LIBRARIES),
                injectionFrameworkIsTheAppsAlone(root),
                librariesStayInsideUnchecked(root, ADAPTERS, Set.of()),
                packagesHaveNoCycles(root),
                clocksAreTheWiringsUnchecked(root, ADAPTERS),
                nobodyUsesJavaUtilLogging(root),
                nothingIsInjectedIntoFields(root),
                commandsStandAlone(root),
                textsNameNoCommand(root),
                noTypeHasAVagueName(root),
                domainAccessorsHaveNoGet(root),
                packagesTellWhatMayBeNull(root));
    }

    /**
     * The domain depends on itself and on the JDK, and there on neither {@code java.sql} nor {@code javax.sql}. The
     * annotations of JSpecify are allowed: no class of theirs is needed at run time.
     */
    public static ArchRule domainUsesTheJdkAlone(String root) {
        String domain = root + ".domain..";
        return CompositeArchRule.of(classes()
                        .that()
                        .resideInAPackage(domain)
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(domain, "java..", ANNOTATIONS)
                        .allowEmptyShould(true))
                .and(noClasses()
                        .that()
                        .resideInAPackage(domain)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "javax.sql..")
                        .allowEmptyShould(true))
                .as("the domain uses the JDK alone, without java.sql");
    }

    /**
     * The engine depends only on itself, the domain, the JDK and the annotations of JSpecify. It uses neither
     * {@code java.sql} nor {@code javax.sql}.
     */
    public static ArchRule engineUsesTheDomainAlone(String root) {
        String engine = root + ".engine..";
        return CompositeArchRule.of(classes()
                        .that()
                        .resideInAPackage(engine)
                        .should()
                        .onlyDependOnClassesThat()
                        .resideInAnyPackage(engine, root + ".domain..", "java..", ANNOTATIONS)
                        .allowEmptyShould(true))
                .and(noClasses()
                        .that()
                        .resideInAPackage(engine)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "javax.sql..")
                        .allowEmptyShould(true))
                .as("the engine uses the domain and the JDK alone, without java.sql");
    }

    /**
     * Nothing outside the engine uses the engine's {@code internal} packages, which may change at any time. Benchmarks
     * are the exception: they measure single steps, and no other module depends on them.
     */
    public static ArchRule internalsOfTheEngineAreItsOwn(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(root + ".engine..", root + ".benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".engine.internal..")
                .as("the engine's internal packages are its own")
                .allowEmptyShould(true);
    }

    /**
     * No public or protected signature of the engine's API shows a type of an {@code internal} package. Supertypes,
     * type arguments and declared exceptions count as part of the signature.
     */
    public static ArchRule engineApiShowsNoInternals(String root) {
        return classes()
                .that()
                .resideInAPackage(root + ".engine..")
                .and()
                .resideOutsideOfPackage(root + ".engine.internal..")
                .should(new KeepTypesInside("show no internal type", List.of(root + ".engine.internal")))
                .as("public signatures of the engine's API hold no internal type")
                .allowEmptyShould(true);
    }

    /**
     * No adapter depends on another adapter, on the engine or on the app. The exception is the source of Excel sheets,
     * which depends on that of CSV. Only the adapters beside one of {@link #SHARED_CONNECTIONS} depend on it, and it
     * depends on no adapter. Only these packages and the adapters beside them depend on {@link #COMMON_CONNECTION},
     * which depends on none of them and on no driver.
     *
     * <p>The rule throws INVALID_REQUEST when it is checked, if one of the named packages holds no class.
     *
     * @param adapters the adapters' packages below the root
     */
    public static ArchRule adaptersDoNotMeet(String root, List<String> adapters) {
        return new NamedPackages(adaptersDoNotMeetUnchecked(root, adapters), root, adapters);
    }

    private static ArchRule adaptersDoNotMeetUnchecked(String root, List<String> adapters) {
        List<ArchRule> rules = new ArrayList<>();
        List<String> all = new ArrayList<>(adapters);
        all.addAll(SHARED_CONNECTIONS);
        for (String adapter : all) {
            List<String> others = new ArrayList<>();
            others.add(root + ".app..");
            others.add(root + ".engine..");
            for (String other : all) {
                boolean shared = SHARED_CONNECTIONS.contains(other) && isBeside(adapter, other)
                        || other.equals(BUILT_ON.get(adapter));
                if (!other.equals(adapter) && !shared) {
                    others.add(root + "." + other + "..");
                }
            }
            if (SHARED_CONNECTIONS.stream().noneMatch(shared -> isBeside(adapter, shared))) {
                others.add(root + "." + COMMON_CONNECTION + "..");
            }
            rules.add(noClasses()
                    .that()
                    .resideInAPackage(root + "." + adapter + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others.toArray(new String[0]))
                    .allowEmptyShould(true));
        }
        List<String> unknown = new ArrayList<>(DRIVERS);
        unknown.add(root + ".app..");
        unknown.add(root + ".engine..");
        all.forEach(adapter -> unknown.add(root + "." + adapter + ".."));
        rules.add(noClasses()
                .that()
                .resideInAPackage(root + "." + COMMON_CONNECTION + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(unknown.toArray(new String[0]))
                .allowEmptyShould(true));
        return CompositeArchRule.of(rules).as("adapters depend on neither each other, the engine nor the app");
    }

    private static boolean isBeside(String adapter, String connection) {
        return adapter.startsWith(connection.substring(0, connection.indexOf('.') + 1));
    }

    /**
     * Each adapter depends on no library but those that are listed for it. The JDK without {@code java.sql} and {@code
     * javax.sql}, the annotations of JSpecify, and the packages below the root need no listing. A team lists its own
     * libraries here.
     *
     * <p>The rule throws INVALID_REQUEST when it is checked, if one of the named packages holds no class.
     *
     * @param libraries package patterns, for example {@code java.sql..} or {@code com.example.driver..}, by the
     *     adapter's package below the root
     */
    public static ArchRule adaptersUseTheirOwnLibraries(String root, Map<String, List<String>> libraries) {
        return new NamedPackages(adaptersUseTheirOwnLibrariesUnchecked(root, libraries), root, libraries.keySet());
    }

    private static ArchRule adaptersUseTheirOwnLibrariesUnchecked(String root, Map<String, List<String>> libraries) {
        List<ArchRule> rules = new ArrayList<>();
        // In order, so that a report has the same order in every run.
        for (Map.Entry<String, List<String>> adapter : new TreeMap<>(libraries).entrySet()) {
            String own = root + "." + adapter.getKey() + "..";
            List<String> allowed = new ArrayList<>(adapter.getValue());
            allowed.addAll(JDK);
            allowed.addAll(List.of(root + "..", ANNOTATIONS));
            rules.add(noClasses()
                    .that()
                    .resideInAPackage(own)
                    .should()
                    .dependOnClassesThat(resideOutsideOfPackages(allowed.toArray(new String[0]))
                            .and(resideOutsideOfPackage("java..").or(resideInAPackage("java.sql.."))))
                    .allowEmptyShould(true));
        }
        return CompositeArchRule.of(rules).as("adapters use no library but their own");
    }

    /** Guice, and the annotations of injection, are known to the app alone. */
    public static ArchRule injectionFrameworkIsTheAppsAlone(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google.inject..", "jakarta.inject..", "javax.inject..")
                .as("Guice is the app's alone")
                .allowEmptyShould(true);
    }

    /**
     * No type of JDBC, jOOQ, a driver, Parquet, Hadoop, FastCSV or Tink is a supertype of an adapter's public type.
     * None appears in a public or protected signature of such a type. Type arguments and declared exceptions count as
     * part of the signature. The one exception is {@code javax.sql.DataSource} as the type of a parameter: it is how a
     * program passes its connections to an adapter.
     *
     * <p>The rule throws INVALID_REQUEST when it is checked, if one of the named packages holds no class.
     *
     * @param adapters the adapters' packages below the root, without {@link #SHARED_CONNECTIONS}
     */
    public static ArchRule librariesStayInsideAdapters(String root, List<String> adapters) {
        return librariesStayInsideAdapters(root, adapters, Set.of());
    }

    /**
     * The rule of {@link #librariesStayInsideAdapters(String, List)} for a team's own libraries as well.
     *
     * @param libraries root packages of further libraries, for example {@code com.example.driver}
     */
    public static ArchRule librariesStayInsideAdapters(
            String root, List<String> adapters, Collection<String> libraries) {
        return new NamedPackages(librariesStayInsideUnchecked(root, adapters, libraries), root, adapters);
    }

    private static ArchRule librariesStayInsideUnchecked(
            String root, List<String> adapters, Collection<String> libraries) {
        List<String> hidden = new ArrayList<>(LIBRARIES);
        hidden.addAll(libraries);
        return classes()
                .that()
                .resideInAnyPackage(adapters.stream()
                        .map(adapter -> root + "." + adapter + "..")
                        .toArray(String[]::new))
                .should(new KeepTypesInside("show no type of a library", hidden))
                .as("public signatures of adapters hold no type of a library")
                .allowEmptyShould(true);
    }

    /**
     * The packages below the root, each taken for itself, depend on each other without cycles. An {@code internal}
     * package counts as part of the package of the same subject: {@code engine.internal.sorting} and {@code
     * engine.sorting} are one.
     */
    public static ArchRule packagesHaveNoCycles(String root) {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .should(new FormNoCycle(
                        root,
                        name -> name.startsWith(root + ".")
                                ? Optional.of(name.substring(root.length() + 1).replaceAll("\\.internal(?=\\.|$)", ""))
                                : Optional.empty()))
                .as("packages depend on each other without cycles")
                .allowEmptyShould(true);
    }

    /**
     * Domain, engine, adapters and the packages beside them take the time of day from a {@code Clock} that is passed
     * in: no {@code Instant.now()}, {@code LocalDate.now(zone)}, {@code System.currentTimeMillis()},
     * {@code new Date()} and their kin. {@code System.nanoTime} measures durations and is allowed. So is
     * {@code Clock.systemUTC()} in a class that also accepts a {@code Clock}, as the default.
     *
     * <p>The rule throws INVALID_REQUEST when it is checked, if one of the named packages holds no class.
     *
     * @param adapters the adapters' packages below the root
     */
    public static ArchRule clocksAreTheWirings(String root, List<String> adapters) {
        return new NamedPackages(clocksAreTheWiringsUnchecked(root, adapters), root, adapters);
    }

    private static ArchRule clocksAreTheWiringsUnchecked(String root, List<String> adapters) {
        List<String> packages = new ArrayList<>(List.of(root + ".domain..", root + ".engine.."));
        for (String adapter : adapters) {
            packages.add(root + "." + adapter + "..");
        }
        for (String shared : SHARED_CONNECTIONS) {
            packages.add(root + "." + shared + "..");
        }
        packages.add(root + "." + COMMON_CONNECTION + "..");
        for (String beside : BESIDE_ADAPTERS) {
            packages.add(root + "." + beside + "..");
        }
        return classes()
                .that()
                .resideInAnyPackage(packages.toArray(new String[0]))
                .should(new UseNoClock())
                .as("domain, engine and adapters get their clock from the wiring")
                .allowEmptyShould(true);
    }

    /** Logging uses SLF4J. Only the application may use Java's own logging, to silence libraries that use it. */
    public static ArchRule nobodyUsesJavaUtilLogging(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackage(root + ".app..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .as("nobody but the application uses java.util.logging")
                .allowEmptyShould(true);
    }

    /** Dependencies are injected through constructors. */
    public static ArchRule nothingIsInjectedIntoFields(String root) {
        return fields().that()
                .areDeclaredInClassesThat()
                .resideInAPackage(root + "..")
                .should(new ArchCondition<JavaField>("have no annotation of injection") {
                    @Override
                    public void check(JavaField field, ConditionEvents events) {
                        field.getAnnotations().stream()
                                .map(annotation -> annotation.getRawType().getName())
                                .filter(INJECTIONS::contains)
                                .forEach(name -> events.add(SimpleConditionEvent.violated(
                                        field, field.getFullName() + " is annotated with @" + name)));
                    }
                })
                .as("nothing is injected into fields")
                .allowEmptyShould(true);
    }

    /**
     * In the application, a command knows neither the root command nor another command. Options and terminal know no
     * command at all. Commands are the classes of {@code app.cli.command} with a name that ends in {@code Command}.
     */
    public static ArchRule commandsStandAlone(String root) {
        return classes()
                .that()
                .resideInAnyPackage(
                        root + ".app.cli.command..", root + ".app.cli.option..", root + ".app.cli.terminal..")
                .should(new CommandsStandAlone(root + ".app.cli"))
                .as("commands know neither the root command nor each other, options and terminal know no command")
                .allowEmptyShould(true);
    }

    /**
     * No text of the domain, the engine or an adapter names a command of the program or an option. An error refers to a
     * {@code Remedy} instead, and the application names it. Only the application, the benchmarks and the test kit may
     * name commands.
     */
    public static ArchRule textsNameNoCommand(String root) {
        return classes()
                .that()
                .resideInAPackage(root + "..")
                .and()
                .resideOutsideOfPackages(
                        root + ".app..",
                        root + ".benchmarks..",
                        root + ".it..",
                        root + ".samples..",
                        root + ".testkit..")
                .should(new NameNoCommand(root + ".embedded"))
                .as("texts of the domain, the engine and the adapters name no command and no option")
                .allowEmptyShould(true);
    }

    /** No type's name ends in Util, Utils, Helper, Impl, Base or Dto. */
    public static ArchRule noTypeHasAVagueName(String root) {
        return noClasses()
                .that()
                .resideInAPackage(root + "..")
                .should()
                .haveNameMatching(".*(" + String.join("|", VAGUE_ENDINGS) + ")")
                .as("no type's name ends in " + String.join(", ", VAGUE_ENDINGS))
                .allowEmptyShould(true);
    }

    /** Accessors of the domain carry the name of the value they return: {@code name()}, not {@code getName()}. */
    public static ArchRule domainAccessorsHaveNoGet(String root) {
        return noMethods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage(root + ".domain..")
                .should()
                .haveNameMatching("get\\p{Upper}.*")
                .as("no accessor of the domain is named get…")
                .allowEmptyShould(true);
    }

    /**
     * Every package of the domain and the engine is {@code @NullMarked} (JSpecify): a type in it holds no null, unless
     * it is marked {@code @Nullable}.
     */
    public static ArchRule packagesTellWhatMayBeNull(String root) {
        return classes()
                .that()
                .resideInAnyPackage(root + ".domain..", root + ".engine..")
                .should(new ArchCondition<JavaClass>("be in a package that is @NullMarked") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        if (!type.getPackage().isAnnotatedWith("org.jspecify.annotations.NullMarked")) {
                            events.add(SimpleConditionEvent.violated(
                                    type, "the package of " + type.getName() + " is not @NullMarked"));
                        }
                    }
                })
                .as("packages of the domain and the engine tell what may be null")
                .allowEmptyShould(true);
    }
}
