package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Packages depend on each other without cycles. For each knot of packages the report shows one shortest cycle, with one
 * example of each dependency: a few lines, however many classes take part. An instance serves one check.
 */
final class FormNoCycle extends ArchCondition<JavaClass> {
    private final String root;
    private final Function<String, Optional<String>> subjects;

    /** An example of each dependency of one subject on another. */
    private final Map<String, Map<String, Dependency>> edges = new TreeMap<>();

    /**
     * Makes the condition.
     *
     * @param root the root package, which messages leave out
     * @param subjects the subject of a package by its name; empty for a package that does not count
     */
    FormNoCycle(String root, Function<String, Optional<String>> subjects) {
        super("form no cycle");
        this.root = root;
        this.subjects = subjects;
    }

    @Override
    public void init(Collection<JavaClass> classes) {
        edges.clear();
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        Optional<String> from = subjects.apply(type.getPackageName());
        if (from.isEmpty()) {
            return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            Optional<String> to = subjects.apply(
                    dependency.getTargetClass().getBaseComponentType().getPackageName());
            if (to.isPresent() && !to.equals(from)) {
                // The same example in every run, whatever the order of the classes.
                edges.computeIfAbsent(from.get(), key -> new TreeMap<>())
                        .merge(to.get(), dependency, (one, other) -> one.compareTo(other) <= 0 ? one : other);
            }
        }
    }

    @Override
    public void finish(ConditionEvents events) {
        Set<String> done = new TreeSet<>();
        for (String start : edges.keySet()) {
            if (done.contains(start)) {
                continue;
            }
            List<String> cycle = shortestCycle(start);
            if (!cycle.isEmpty()) {
                Set<String> knot = knot(start);
                done.addAll(knot);
                events.add(SimpleConditionEvent.violated(cycle, message(cycle, knot.size())));
            }
        }
    }

    /** The subjects of a shortest cycle through a subject, the first one at the end again; empty if there is none. */
    private List<String> shortestCycle(String start) {
        Map<String, String> cameFrom = new HashMap<>();
        Deque<String> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            String at = queue.poll();
            for (String next : targets(at)) {
                if (next.equals(start)) {
                    List<String> cycle = new ArrayList<>(List.of(start));
                    for (String step = at; step != null; step = cameFrom.get(step)) {
                        cycle.add(step);
                    }
                    Collections.reverse(cycle);
                    return cycle;
                }
                if (cameFrom.putIfAbsent(next, at) == null) {
                    queue.add(next);
                }
            }
        }
        return List.of();
    }

    /** The subjects that reach a subject and are reached from it. */
    private Set<String> knot(String start) {
        Set<String> knot = new TreeSet<>();
        for (String other : reached(start)) {
            if (reached(other).contains(start)) {
                knot.add(other);
            }
        }
        return knot;
    }

    private Set<String> reached(String start) {
        Set<String> reached = new TreeSet<>();
        Deque<String> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            for (String next : targets(queue.poll())) {
                if (reached.add(next)) {
                    queue.add(next);
                }
            }
        }
        return reached;
    }

    private Set<String> targets(String subject) {
        return edges.getOrDefault(subject, Map.of()).keySet();
    }

    private String message(List<String> cycle, int packages) {
        StringBuilder text = new StringBuilder("cycle ").append(String.join(" → ", cycle));
        if (packages > cycle.size() - 1) {
            text.append(", one of those between ").append(packages).append(" packages");
        }
        for (int i = 0; i + 1 < cycle.size(); i++) {
            String example = edges.get(cycle.get(i)).get(cycle.get(i + 1)).getDescription();
            text.append("\n  ")
                    .append(cycle.get(i))
                    .append(" → ")
                    .append(cycle.get(i + 1))
                    .append(": ")
                    .append(example.replace(root + ".", ""));
        }
        return text.toString();
    }
}
