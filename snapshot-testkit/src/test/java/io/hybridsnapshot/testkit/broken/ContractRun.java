package io.hybridsnapshot.testkit.broken;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a contract against something broken and returns the failed facts. */
final class ContractRun {
    private final Map<String, String> failed = new TreeMap<>();
    private final Set<String> passed = new TreeSet<>();
    private final Set<String> skipped = new TreeSet<>();

    private ContractRun() {}

    static ContractRun of(Class<?> contract) {
        ContractRun run = new ContractRun();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(contract))
                .configurationParameter("junit.jupiter.execution.timeout.default", "30 s")
                .build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest() && test.getSource().orElseThrow() instanceof MethodSource method) {
                    switch (result.getStatus()) {
                        case SUCCESSFUL -> run.passed.add(method.getMethodName());
                        case FAILED ->
                            run.failed.put(
                                    method.getMethodName(),
                                    result.getThrowable()
                                            .map(Throwable::toString)
                                            .orElse("no reason"));
                        // A fact that asks for more than the factory.
                        case ABORTED -> run.skipped.add(method.getMethodName());
                    }
                }
            }
        });
        return run;
    }

    /** Fails unless these facts failed, others or not, and most of the contract went through. */
    void assertFailed(String... facts) {
        TreeSet<String> missed = new TreeSet<>(Set.of(facts));
        missed.removeAll(failed.keySet());
        assertEquals(Set.of(), missed, () -> "facts that did not fail; those that did: " + failed);
        assertTrue(passed.size() > failed.size(), () -> "more failed than one fault explains: " + failed);
    }

    /** Fails if any fact failed. */
    void assertAllPassed() {
        assertEquals(Map.of(), failed);
        assertTrue(passed.size() > 10, () -> "only these ran: " + passed + ", skipped: " + skipped);
    }
}
