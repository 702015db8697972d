package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** No string constant of a class names a command of the program or an option. */
final class NameNoCommand extends ArchCondition<JavaClass> {
    private static final String COMMANDS = "'snapshot [a-z]|\\b(?:the|any) command\\b";

    private static final Pattern COMMAND = Pattern.compile(COMMANDS);

    private static final Pattern COMMAND_OR_OPTION = Pattern.compile(COMMANDS + "|(?<![\\w-])--[a-z]");

    private final String otherPrograms;

    /**
     * Makes the condition.
     *
     * @param otherPrograms a package that runs programs of others, which have options of their own
     */
    NameNoCommand(String otherPrograms) {
        super("name no command and no option");
        this.otherPrograms = otherPrograms;
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        Pattern forbidden = type.getPackageName().startsWith(otherPrograms) ? COMMAND : COMMAND_OR_OPTION;
        for (String constant : StringConstants.of(type)) {
            Matcher found = forbidden.matcher(constant);
            if (found.find()) {
                events.add(SimpleConditionEvent.violated(type, type.getName() + " has the text \"" + constant + "\""));
            }
        }
    }
}
