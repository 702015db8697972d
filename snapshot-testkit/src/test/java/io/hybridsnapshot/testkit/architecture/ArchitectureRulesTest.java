package io.hybridsnapshot.testkit.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureRulesTest {
    private static final String PLANTED = "io.hybridsnapshot.testkit.planted";
    private static final JavaClasses PLANTS = new ClassFileImporter().importPackages(PLANTED);
    private static final List<String> ADAPTERS =
            List.of("csv", "parquet", "postgres.archive", "postgres.window", "sqlserver.source", "sqlserver.window");
    private static final JavaClasses DOMAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.hybridsnapshot.domain");
    private static final JavaClasses TESTKIT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.hybridsnapshot.testkit");
    private static final Pattern CLASS_NAME = Pattern.compile("planted\\.[a-z.]*([A-Z]\\w*)");

    static Stream<ArchRule> all() {
        return ArchitectureRules.all(ArchitectureRules.ROOT).stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void theDomainKeepsEveryRule(ArchRule rule) {
        assertTrue(DOMAIN.size() > 50, "the domain's classes are not there");
        rule.check(DOMAIN);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theTestKitKeepsEveryRule(ArchRule rule) {
        assertTrue(TESTKIT.size() > 20, "the test kit's classes are not there");
        rule.check(TESTKIT);
    }

    @ParameterizedTest
    @MethodSource("planted")
    void everyRuleOfTheListBitesOnAPlant(ArchRule rule) {
        assertTrue(rule.evaluate(PLANTS).hasViolation(), () -> "nothing violates: " + rule.getDescription());
    }

    static Stream<ArchRule> planted() {
        return ArchitectureRules.all(PLANTED).stream();
    }

    @Test
    void domainThatKnowsJdbcOrAnAdapterIsFound() {
        assertViolators(ArchitectureRules.domainUsesTheJdkAlone(PLANTED), Set.of("RowOfJdbc", "RowOfAdapter"));
    }

    @Test
    void engineThatKnowsJdbcOrAnAdapterIsFound() {
        assertViolators(
                ArchitectureRules.engineUsesTheDomainAlone(PLANTED), Set.of("UseCaseOfJdbc", "UseCaseOfAdapter"));
    }

    @Test
    void useOfTheEnginesInternalsOutsideOfItIsFound() {
        assertViolators(ArchitectureRules.internalsOfTheEngineAreItsOwn(PLANTED), Set.of("AppOverInternals"));
    }

    @Test
    void internalsInPublicSignaturesOfTheEngineAreFound() {
        ArchRule rule = ArchitectureRules.engineApiShowsNoInternals(PLANTED);
        assertViolators(rule, Set.of("LeakySort"));
        String report = String.join("\n", details(rule));
        assertTrue(report.contains(") takes ") && report.contains("sorters() returns "), report);
    }

    @Test
    void adaptersThatMeetAreFound() {
        assertViolators(
                ArchitectureRules.adaptersDoNotMeet(PLANTED, ADAPTERS),
                Set.of(
                        "ParquetOverCsv",
                        "ParquetOverEngine",
                        "WindowOverArchive",
                        "SqlServerOverPostgres",
                        "SourceOverWindow",
                        "ConnectionOverSource",
                        "CommonOverServer",
                        "CsvOverCommonConnection",
                        "CsvOverApp"));
    }

    @Test
    void guiceOutsideOfTheAppIsFound() {
        assertViolators(ArchitectureRules.injectionFrameworkIsTheAppsAlone(PLANTED), Set.of("InjectedStore"));
    }

    @Test
    void librariesInPublicSignaturesAreFoundInEveryPlace() {
        ArchRule rule = ArchitectureRules.librariesStayInsideAdapters(PLANTED, ADAPTERS);
        assertViolators(rule, Set.of("LeakyStore"));
        String report = String.join("\n", details(rule));
        for (String leak : List.of(
                "implements java.sql.ResultSet",
                "LeakyStore.context is of org.jooq.DSLContext",
                "<init>(java.util.List) takes javax.sql.DataSource",
                "handedOut() returns javax.sql.DataSource",
                "nested() returns java.sql.Connection",
                "java.sql.Statement",
                "declared() throws java.sql.SQLException",
                "get() returns java.sql.ResultSet")) {
            assertTrue(report.contains(leak), () -> "'" + leak + "' is not in:\n" + report);
        }
        for (String inside : List.of(
                "java.sql.Array", "OutputStream", "inside", "SQLFeatureNotSupported", "<init>(javax.sql.DataSource)")) {
            assertTrue(!report.contains(inside), () -> "'" + inside + "' is in:\n" + report);
        }
    }

    @Test
    void cycleOfPackagesIsFound() {
        List<String> details = details(ArchitectureRules.packagesHaveNoCycles(PLANTED));
        assertTrue(
                details.stream().anyMatch(cycle -> cycle.contains("domain.order") && cycle.contains("domain.price")),
                details::toString);
        assertTrue(details.stream().noneMatch(cycle -> cycle.contains("sorting")), details::toString);
    }

    @Test
    void cycleIsReportedInThreeLinesHoweverManyClassesTakePart() {
        List<String> details = details(ArchitectureRules.packagesHaveNoCycles(PLANTED));
        String cycle = details.stream()
                .filter(each -> each.contains("domain.price"))
                .findFirst()
                .orElseThrow();
        String[] lines = cycle.split("\n");
        assertEquals("cycle domain.order → domain.price → domain.order", lines[0]);
        assertTrue(lines[1].startsWith("  domain.order → domain.price: "), lines[1]);
        assertTrue(lines[2].startsWith("  domain.price → domain.order: "), lines[2]);
        assertEquals(3, lines.length, cycle);
        assertTrue(!cycle.contains(PLANTED + "."), cycle);
        assertEquals(details, details(ArchitectureRules.packagesHaveNoCycles(PLANTED)));
    }

    @Test
    void everyClockOutsideOfTheWiringIsFound() {
        ArchRule rule = ArchitectureRules.clocksAreTheWirings(PLANTED, List.of("csv"));
        assertViolators(rule, Set.of("UseCaseOfClocks", "ServerOfClocks"));
        String report = String.join("\n", details(rule));
        for (String clock : List.of(
                "<java.time.Instant.now()> in",
                "references method <java.time.Instant.now()>",
                "java.time.LocalDate.now(java.time.ZoneId)",
                "System.currentTimeMillis()",
                "calls constructor <java.util.Date.<init>()>",
                "references constructor <java.util.Date.<init>()>",
                "java.time.Clock.systemUTC()")) {
            assertTrue(report.contains(clock), () -> "'" + clock + "' is not in:\n" + report);
        }
        assertEquals(8, details(rule).size(), report);
    }

    @Test
    void libraryThatIsNotListedForAnAdapterIsFound() {
        Map<String, List<String>> none = Map.of("csv", List.of());
        assertViolators(ArchitectureRules.adaptersUseTheirOwnLibraries(PLANTED, none), Set.of("CsvOverJdbc"));
        ArchitectureRules.adaptersUseTheirOwnLibraries(PLANTED, Map.of("csv", List.of("java.sql..")))
                .check(PLANTS);
    }

    @Test
    void librariesOfAnotherTeamStayInsideAsWell() {
        ArchRule rule = ArchitectureRules.librariesStayInsideAdapters(
                PLANTED, List.of("sqlserver"), List.of("java.util.function"));
        assertTrue(
                String.join("\n", details(rule)).contains("implements java.util.function.Supplier"),
                () -> details(rule).toString());
    }

    static Stream<ArchRule> withWrongName() {
        return Stream.of(
                ArchitectureRules.adaptersDoNotMeet(PLANTED, List.of("csv", "parqet")),
                ArchitectureRules.librariesStayInsideAdapters(PLANTED, List.of("csv", "parqet")),
                ArchitectureRules.librariesStayInsideAdapters(PLANTED, List.of("csv", "parqet"), List.of()),
                ArchitectureRules.adaptersUseTheirOwnLibraries(PLANTED, Map.of("parqet", List.of())),
                ArchitectureRules.clocksAreTheWirings(PLANTED, List.of("parqet")));
    }

    @ParameterizedTest
    @MethodSource("withWrongName")
    void adapterNameWithATypingErrorIsRefused(ArchRule rule) {
        for (ArchRule same :
                List.of(rule, rule.as("renamed"), rule.because("of a test"), rule.allowEmptyShould(true))) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> same.check(PLANTS));
            assertEquals(SnapshotException.Kind.INVALID_REQUEST, refused.kind());
            assertTrue(refused.getMessage().contains("'parqet'"), refused.getMessage());
            assertTrue(refused.getMessage().contains("did you mean 'parquet'?"), refused.getMessage());
            assertThrows(SnapshotException.class, () -> same.evaluate(PLANTS));
        }
    }

    @Test
    void javaUtilLoggingIsFound() {
        assertViolators(ArchitectureRules.nobodyUsesJavaUtilLogging(PLANTED), Set.of("OldLogging"));
    }

    @Test
    void injectionIntoFieldsIsFoundAndIntoConstructorsIsNot() {
        assertViolators(
                ArchitectureRules.nothingIsInjectedIntoFields(PLANTED), Set.of("FieldInjected", "InjectedStore"));
    }

    @Test
    void commandsThatKnowEachOtherAndOptionsThatKnowCommandsAreFound() {
        assertViolators(
                ArchitectureRules.commandsStandAlone(PLANTED),
                Set.of("OverOtherCommand", "OverProgramCommand", "OptionOverCommand", "TerminalOverCommands"));
    }

    @Test
    void commandsAndOptionsInTextsAreFound() {
        ArchRule rule = ArchitectureRules.textsNameNoCommand(PLANTED);
        assertViolators(rule, Set.of("NextStepOfCommand"));
        String report = String.join("\n", details(rule));
        for (String text : List.of("'snapshot list'", "--planted", "run the command again", "recovers")) {
            assertTrue(report.contains(text), () -> "'" + text + "' is not in:\n" + report);
        }
        assertEquals(4, details(rule).size(), report);
    }

    @Test
    void everyVagueEndingIsFound() {
        assertViolators(
                ArchitectureRules.noTypeHasAVagueName(PLANTED),
                Set.of("RowUtil", "RowUtils", "RowHelper", "RowStoreImpl", "StoreBase", "RowDto"));
    }

    @Test
    void getAccessorOfTheDomainIsFound() {
        ArchRule rule = ArchitectureRules.domainAccessorsHaveNoGet(PLANTED);
        assertViolators(rule, Set.of("RowWithGetter"));
        assertEquals(1, details(rule).size());
    }

    @Test
    void packageThatDoesNotTellWhatMayBeNullIsFound() {
        List<String> details = details(ArchitectureRules.packagesTellWhatMayBeNull(PLANTED));
        assertTrue(details.stream().anyMatch(detail -> detail.contains("RowOfJdbc")), details::toString);
        assertTrue(details.stream().anyMatch(detail -> detail.contains("UseCaseOfJdbc")), details::toString);
        assertTrue(details.stream().noneMatch(detail -> detail.contains("engine.sorting.")), details::toString);
    }

    @Test
    void rulesPassWhereThereIsNothingThatTheySpeakOf() {
        for (ArchRule rule : ArchitectureRules.all("com.example.nothing")) {
            rule.check(PLANTS);
        }
    }

    private static List<String> details(ArchRule rule) {
        return rule.evaluate(PLANTS).getFailureReport().getDetails();
    }

    /** The first class that a violation names is the violator. */
    private static void assertViolators(ArchRule rule, Set<String> expected) {
        Set<String> violators = new TreeSet<>();
        for (String detail : details(rule)) {
            Matcher matcher = CLASS_NAME.matcher(detail);
            assertTrue(matcher.find(), () -> "no plant in: " + detail);
            violators.add(matcher.group(1));
        }
        assertEquals(new TreeSet<>(expected), violators);
    }
}
