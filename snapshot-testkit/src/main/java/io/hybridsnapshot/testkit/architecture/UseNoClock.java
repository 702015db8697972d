package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A class does not ask for the time of day, neither by a call nor by a method reference. {@code System.nanoTime} is
 * allowed: it measures durations. {@code Clock.systemUTC()} is allowed in a class that also accepts a {@code Clock}: it
 * is then a default that the wiring can replace.
 */
final class UseNoClock extends ArchCondition<JavaClass> {
    private static final String CLOCK = "java.time.Clock";

    private static final Set<String> OLD_CLOCKS =
            Set.of("java.lang.System.currentTimeMillis", "java.util.Calendar.getInstance");

    UseNoClock() {
        super("take the time of day from a clock that is passed in");
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        boolean takesClock = type.getCodeUnits().stream()
                .filter(code -> !code.getModifiers().contains(JavaModifier.PRIVATE))
                .anyMatch(UseNoClock::takesClock);
        Stream.of(
                        type.getMethodCallsFromSelf(),
                        type.getMethodReferencesFromSelf(),
                        type.getConstructorCallsFromSelf(),
                        type.getConstructorReferencesFromSelf())
                .flatMap(Set::stream)
                .filter(access -> asksForTime(access.getTarget(), takesClock))
                .forEach(access -> events.add(SimpleConditionEvent.violated(access, access.getDescription())));
    }

    private static boolean takesClock(JavaCodeUnit code) {
        return code.getRawParameterTypes().stream()
                .anyMatch(parameter -> parameter.getName().equals(CLOCK));
    }

    private static boolean asksForTime(CodeUnitAccessTarget target, boolean takesClock) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        boolean withClock = target.getRawParameterTypes().stream()
                .anyMatch(parameter -> parameter.getName().equals(CLOCK));
        if (name.equals("now")) {
            return owner.startsWith("java.time.") && !withClock;
        }
        if (owner.equals(CLOCK) || owner.equals("java.time.InstantSource")) {
            return !takesClock && (name.startsWith("system") || name.startsWith("tick") && !withClock);
        }
        boolean currentDate = owner.equals("java.util.Date")
                && name.equals("<init>")
                && target.getRawParameterTypes().isEmpty();
        return currentDate || OLD_CLOCKS.contains(owner + "." + name);
    }
}
