package io.hybridsnapshot.testkit.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedClass;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs a contract against something broken and checks which facts fail. Of the contract's groups, those run that hold
 * the named facts, and one more.
 */
final class ContractRun {
    private final Map<String, String> failed = new TreeMap<>();
    private final Set<String> passed = new TreeSet<>();
    private final Set<String> skipped = new TreeSet<>();

    private final Class<?> contract;

    private ContractRun(Class<?> contract) {
        this.contract = contract;
    }

    static ContractRun of(Class<?> contract) {
        return new ContractRun(contract);
    }

    private void run(List<? extends DiscoverySelector> selectors) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectors)
                .configurationParameter("junit.jupiter.execution.timeout.default", "30 s")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() && test.getSource().orElseThrow() instanceof MethodSource method) {
                    switch (result.getStatus()) {
                        case SUCCESSFUL -> passed.add(method.getMethodName());
                        case FAILED ->
                            failed.put(
                                    method.getMethodName(),
                                    result.getThrowable()
                                            .map(Throwable::toString)
                                            .orElse("no reason"));
                        // A fact that asks for more than the factory.
                        case ABORTED -> skipped.add(method.getMethodName());
                    }
                }
            }
        });
    }

    /** The groups of the contract with these facts, and the smallest of the others that has facts of its own. */
    private List<DiscoverySelector> groupsOf(Set<String> facts) {
        Map<String, Class<?>> wanted = new TreeMap<>();
        List<Class<?>> others = new ArrayList<>();
        for (Class<?> level = contract; level != null; level = level.getSuperclass()) {
            for (Class<?> group : level.getDeclaredClasses()) {
                if (group.isAnnotationPresent(Nested.class)) {
                    boolean holdsOne = Arrays.stream(group.getDeclaredMethods())
                            .map(Method::getName)
                            .anyMatch(facts::contains);
                    if (holdsOne) {
                        wanted.put(group.getSimpleName(), group);
                    } else {
                        others.add(group);
                    }
                }
            }
        }
        others.stream()
                .filter(group -> factsOf(group) > 1)
                .min(Comparator.comparing(ContractRun::factsOf).thenComparing(Class::getSimpleName))
                .ifPresent(group -> wanted.put(group.getSimpleName(), group));
        List<DiscoverySelector> selectors = new ArrayList<>();
        wanted.values().forEach(group -> selectors.add(selectNestedClass(List.of(contract), group)));
        return selectors;
    }

    private static long factsOf(Class<?> group) {
        return Arrays.stream(group.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .count();
    }

    /** Fails unless these facts failed, others or not, and facts that do not concern the fault went through. */
    void assertFailed(String... facts) {
        run(groupsOf(Set.of(facts)));
        TreeSet<String> missed = new TreeSet<>(Set.of(facts));
        missed.removeAll(failed.keySet());
        assertEquals(Set.of(), missed, () -> "facts that did not fail; those that did: " + failed);
        assertFalse(passed.isEmpty(), () -> "more failed than one fault explains: " + failed);
    }

    /** Fails if any fact failed. */
    void assertAllPassed() {
        run(List.of(selectClass(contract)));
        assertEquals(Map.of(), failed);
        assertTrue(passed.size() > 10, () -> "only these ran: " + passed + ", skipped: " + skipped);
    }
}
