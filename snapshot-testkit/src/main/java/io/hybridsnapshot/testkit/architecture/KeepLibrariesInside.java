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

/** A public type exposes no type of the libraries behind it. */
final class KeepLibrariesInside extends ArchCondition<JavaClass> {
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
            "com.google.crypto.tink");

    KeepLibrariesInside() {
        super("show no type of a library");
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

    private static void check(JavaMember member, ConditionEvents events) {
        if (member instanceof JavaField field) {
            report(field.getFullName() + " is of", field.getType(), events);
        } else if (member instanceof JavaCodeUnit code) {
            report(code.getFullName() + " returns", code.getReturnType(), events);
            code.getParameterTypes().forEach(parameter -> report(code.getFullName() + " takes", parameter, events));
            code.getTypeParameters()
                    .forEach(variable -> report(code.getFullName() + " has the variable", variable, events));
            code.getExceptionTypes().forEach(thrown -> report(code.getFullName() + " throws", thrown, events));
        }
    }

    private static void report(String place, JavaType shown, ConditionEvents events) {
        Set<String> names = new TreeSet<>();
        for (JavaClass raw : shown.getAllInvolvedRawTypes()) {
            String name = raw.getBaseComponentType().getName();
            if (LIBRARIES.stream().anyMatch(library -> name.startsWith(library + "."))) {
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
                && type.getEnclosingClass()
                        .map(KeepLibrariesInside::isReachable)
                        .orElse(true);
    }
}
