package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A public type shows no type of some packages. */
final class KeepTypesInside extends ArchCondition<JavaClass> {
    /** The one type of JDBC that a parameter may have. */
    private static final String PASSED_IN = "javax.sql.DataSource";

    private final List<String> packages;

    /**
     * Makes the condition.
     *
     * @param packages the packages whose types, and those of their subpackages, stay inside
     */
    KeepTypesInside(String description, List<String> packages) {
        super(description);
        this.packages = List.copyOf(packages);
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        if (!isReachable(type)) {
            return;
        }
        type.getSuperclass().ifPresent(parent -> report(type.getName() + " extends", parent, events));
        type.getInterfaces().forEach(parent -> report(type.getName() + " implements", parent, events));
        for (JavaMember member : type.getMembers()) {
            if (member.getModifiers().contains(JavaModifier.PUBLIC)
                    || member.getModifiers().contains(JavaModifier.PROTECTED)) {
                check(member, events);
            }
        }
    }

    private void check(JavaMember member, ConditionEvents events) {
        if (member instanceof JavaField field) {
            report(field.getFullName() + " is of", field.getType(), events);
        } else if (member instanceof JavaCodeUnit code) {
            report(code.getFullName() + " returns", code.getReturnType(), events);
            code.getParameterTypes().stream()
                    .filter(parameter -> !parameter.getName().equals(PASSED_IN))
                    .forEach(parameter -> report(code.getFullName() + " takes", parameter, events));
            code.getTypeParameters()
                    .forEach(variable -> report(code.getFullName() + " has the variable", variable, events));
            code.getExceptionTypes().forEach(thrown -> report(code.getFullName() + " throws", thrown, events));
        }
    }

    private void report(String place, JavaType shown, ConditionEvents events) {
        Set<String> names = new TreeSet<>();
        for (JavaClass raw : shown.getAllInvolvedRawTypes()) {
            String name = raw.getBaseComponentType().getName();
            if (packages.stream().anyMatch(hidden -> name.startsWith(hidden + "."))) {
                names.add(name);
            }
        }
        for (String name : names) {
            events.add(SimpleConditionEvent.violated(shown, place + " " + name));
        }
    }

    /** Whether other modules can name the type: it is public, and so is every type that it stands in. */
    private static boolean isReachable(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(KeepTypesInside::isReachable).orElse(true);
    }
}
