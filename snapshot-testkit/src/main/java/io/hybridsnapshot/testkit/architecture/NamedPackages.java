package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.schema.NearestName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A rule about packages that the caller names. It is refused if one of them holds no class: a name with a typing error
 * would otherwise pass without a check.
 */
final class NamedPackages implements ArchRule {
    private final ArchRule rule;
    private final String root;
    private final List<String> names;

    NamedPackages(ArchRule rule, String root, Collection<String> names) {
        this.rule = rule;
        this.root = root;
        this.names = List.copyOf(names);
    }

    @Override
    public void check(JavaClasses classes) {
        requireClasses(classes);
        rule.check(classes);
    }

    @Override
    public EvaluationResult evaluate(JavaClasses classes) {
        requireClasses(classes);
        return rule.evaluate(classes);
    }

    private void requireClasses(JavaClasses classes) {
        Set<String> known = new TreeSet<>();
        for (JavaClass type : classes) {
            String name = type.getPackageName();
            if (name.startsWith(root + ".")) {
                known.add(name.substring(root.length() + 1));
            }
        }
        for (String name : names) {
            if (known.stream().noneMatch(each -> each.equals(name) || each.startsWith(name + "."))) {
                Optional<String> nearest = NearestName.among(known, name);
                throw SnapshotException.invalidRequest("a rule names an adapter without classes")
                        .where(getDescription())
                        .actual("'" + name + "'")
                        .expected("a package below " + root
                                + nearest.map(each -> " (did you mean '" + each + "'?)")
                                        .orElse(", one of " + String.join(", ", known)))
                        .nextStep("correct the name, or import the adapter's classes")
                        .build();
            }
        }
    }

    @Override
    public ArchRule because(String reason) {
        return new NamedPackages(rule.because(reason), root, names);
    }

    @Override
    public ArchRule allowEmptyShould(boolean allow) {
        return new NamedPackages(rule.allowEmptyShould(allow), root, names);
    }

    @Override
    public ArchRule as(String description) {
        return new NamedPackages(rule.as(description), root, names);
    }

    @Override
    public String getDescription() {
        return rule.getDescription();
    }

    @Override
    public String toString() {
        return getDescription();
    }
}
