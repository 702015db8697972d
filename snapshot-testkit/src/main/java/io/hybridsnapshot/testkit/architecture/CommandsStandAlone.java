package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Commands that know neither the root command nor each other, below packages that know no command. */
final class CommandsStandAlone extends ArchCondition<JavaClass> {
    private final String cli;
    private final String commands;

    /** @param cli the package of the root command; the commands are in its package {@code command} */
    CommandsStandAlone(String cli) {
        super("know no other command");
        this.cli = cli;
        this.commands = cli + ".command";
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            JavaClass target = outermost(dependency.getTargetClass().getBaseComponentType());
            if (!outermost(type).equals(target) && isForbidden(type, target)) {
                events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
            }
        }
    }

    private boolean isForbidden(JavaClass type, JavaClass target) {
        if (target.getPackageName().equals(cli)) {
            return true;
        }
        if (!isIn(commands, target)) {
            return false;
        }
        return !isIn(commands, type) || isCommand(outermost(type)) && isCommand(target);
    }

    private static boolean isIn(String parent, JavaClass type) {
        return (type.getPackageName() + ".").startsWith(parent + ".");
    }

    private static boolean isCommand(JavaClass type) {
        return type.getSimpleName().endsWith("Command");
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }
}
