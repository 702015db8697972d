package io.hybridsnapshot.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.app.wording.CommandWording;
import io.hybridsnapshot.app.wording.CommandWording.Command;
import io.hybridsnapshot.app.wording.CommandWording.OptionName;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.Remedy;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.encryption.EncryptionRemedy;
import io.hybridsnapshot.engine.error.EngineRemedy;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line has a name for every remedy, and every command and option in these names exists. */
class CommandWordingTest {
    private static final String ROOT = "io/hybridsnapshot/";

    @Test
    void everyRemedyOfTheModulesHasAName() throws IOException {
        Set<Class<?>> types = remedies();
        assertTrue(
                types.containsAll(Set.of(CommonRemedy.class, EngineRemedy.class, EncryptionRemedy.class)),
                types::toString);
        for (Class<?> type : types) {
            assertTrue(type.isEnum(), type.getName());
            for (Object remedy : type.getEnumConstants()) {
                assertTrue(CommandWording.name((Remedy) remedy).isPresent(), type.getName() + "." + remedy);
            }
        }
    }

    @Test
    void everyNamedCommandAndOptionExists() throws IOException {
        CommandLine commandLine = TestConsole.commandLine();
        List<String> missing = new ArrayList<>();
        for (Class<?> type : remedies()) {
            for (Object remedy : type.getEnumConstants()) {
                CommandWording.Name name = CommandWording.name((Remedy) remedy).orElseThrow();
                missing(commandLine, name).forEach(what -> missing.add(type.getName() + "." + remedy + ": " + what));
            }
        }
        assertEquals(List.of(), missing);
    }

    @Test
    void renamedCommandsAndOptionsAreFound() {
        CommandLine commandLine = TestConsole.commandLine();
        assertEquals(List.of("no command lists"), missing(commandLine, new Command("lists", Optional.empty())));
        assertEquals(List.of("list has no --gone"), missing(commandLine, new Command("list", Optional.of("--gone"))));
        assertEquals(
                List.of("make-key has no PLACE"), missing(commandLine, new Command("make-key", Optional.of("PLACE"))));
        assertEquals(
                List.of("redact has no --archives"),
                missing(commandLine, new OptionName("--archives", List.of("redact"))));
        assertEquals(List.of("an option of no command"), missing(commandLine, new OptionName("--archive", List.of())));
    }

    @Test
    void remedyOfAForeignAdapterKeepsItsOwnWords() {
        enum Foreign implements Remedy {
            TURN_KNOB;

            @Override
            public String words() {
                return "the knob";
            }
        }
        SnapshotException error = SnapshotException.conflict("stuck")
                .nextStep("turn {0}, then {1}", Foreign.TURN_KNOB, CommonRemedy.REPEAT)
                .build();
        assertEquals("stuck; turn the knob, then run the command again", CommandWording.message(error));
    }

    /** Returns the commands and options of a name that the program does not have. */
    private static List<String> missing(CommandLine program, CommandWording.Name name) {
        if (name instanceof Command command) {
            return missing(program, command.command(), command.argument());
        }
        if (name instanceof OptionName option) {
            return option.commands().isEmpty()
                    ? List.of("an option of no command")
                    : option.commands().stream()
                            .flatMap(command -> missing(program, command, Optional.of(option.option())).stream())
                            .toList();
        }
        return List.of();
    }

    private static List<String> missing(CommandLine program, String command, Optional<String> argument) {
        CommandLine found = program.getSubcommands().get(command);
        if (found == null) {
            return List.of("no command " + command);
        }
        boolean known = argument.map(each -> found.getCommandSpec().findOption(each) != null
                        || found.getCommandSpec().positionalParameters().stream()
                                .anyMatch(parameter -> parameter.paramLabel().equals(each)))
                .orElse(true);
        return known ? List.of() : List.of(command + " has no " + argument.get());
    }

    /** Returns the types of remedies on the class path, tests apart. */
    private static Set<Class<?>> remedies() throws IOException {
        Set<Class<?>> types = new HashSet<>();
        for (URL root :
                Collections.list(CommandWordingTest.class.getClassLoader().getResources(ROOT))) {
            for (String name : classNames(root)) {
                try {
                    Class<?> type = Class.forName(name, false, CommandWordingTest.class.getClassLoader());
                    if (!name.contains("Test$") && Remedy.class.isAssignableFrom(type) && type != Remedy.class) {
                        types.add(type);
                    }
                } catch (LinkageError | ClassNotFoundException e) {
                    // A class for a library that is not here, for example of the benchmarks.
                    assertTrue(!name.endsWith("Remedy"), name);
                }
            }
        }
        return types;
    }

    private static List<String> classNames(URL root) throws IOException {
        if (root.openConnection() instanceof JarURLConnection jar) {
            return jar.getJarFile().stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith(ROOT) && name.endsWith(".class"))
                    .map(CommandWordingTest::className)
                    .toList();
        }
        Path directory = Path.of(URI.create(root.toString()));
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> className(ROOT + directory.relativize(file)))
                    .toList();
        }
    }

    private static String className(String file) {
        return file.substring(0, file.length() - ".class".length()).replace('/', '.');
    }
}
