package io.hybridsnapshot.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.hybridsnapshot.testkit.architecture.ArchitectureRules;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of the architecture over every module; the test kit plants a violation of each and shows that it bites. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/testkit/planted/"))
            // The modules' tests that are run here as well.
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages(ArchitectureRules.ROOT);

    @TestFactory
    Stream<DynamicTest> everyModuleKeepsTheRules() {
        return ArchitectureRules.all(ArchitectureRules.ROOT).stream()
                .map((ArchRule rule) -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CLASSES)));
    }

    /** A name in the list that no package has any more is refused. */
    @Test
    void everyAdapterOfTheListIsThere() {
        ArchitectureRules.adaptersDoNotMeet(ArchitectureRules.ROOT, ArchitectureRules.ADAPTERS)
                .check(CLASSES);
    }

    @Test
    void everyModuleIsLookedAt() {
        for (String module : List.of(
                "domain.window",
                "engine.save",
                "report",
                "silence",
                "jdbc.connection",
                "testkit.contract",
                "samples",
                "csv",
                "encryption",
                "excel",
                "jdbc.source",
                "parquet",
                "postgres.connection",
                "postgres.archive",
                "postgres.source",
                "postgres.window",
                "sqlserver.connection",
                "sqlserver.source",
                "sqlserver.window",
                "embedded",
                "migration",
                "app")) {
            String prefix = ArchitectureRules.ROOT + "." + module;
            assertTrue(
                    CLASSES.stream()
                            .anyMatch(type -> type.getPackageName().startsWith(prefix)
                                    && !type.getSimpleName().equals("package-info")),
                    module);
        }
    }
}
