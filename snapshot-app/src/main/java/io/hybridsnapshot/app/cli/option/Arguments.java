package io.hybridsnapshot.app.cli.option;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads paths and numbers from arguments, and words the errors in them. Stateless. */
public final class Arguments {
    private static final Set<String> COUNTS = Set.of("N", "SECONDS", "DAYS");

    /** The options that name an output file. */
    private static final Set<String> OUTPUTS = Set.of("--to", "--changes", "--anchor");

    /** The command whose parameter is an output file. */
    private static final String MAKES_FILE = "make-key";

    private static final String A_FILE = "the name of a file, without a separator at its end";

    private Arguments() {}

    public static CommandLine register(CommandLine commandLine) {
        ITypeConverter<Integer> whole = text -> number(text, Integer::valueOf, "a whole number");
        ITypeConverter<Long> large = text -> number(text, Long::valueOf, "a whole number");
        ITypeConverter<Double> share = text -> number(text, Double::valueOf, "a number");
        return commandLine
                .registerConverter(Path.class, Arguments::path)
                .registerConverter(Integer.class, whole)
                .registerConverter(Integer.TYPE, whole)
                .registerConverter(Long.class, large)
                .registerConverter(Long.TYPE, large)
                .registerConverter(Double.class, share)
                .registerConverter(Double.TYPE, share);
    }

    /**
     * Refuses an empty column name, a negative count, and an output that ends like a directory. A {@link Path} has lost
     * the separator at its end, so the texts of the arguments are checked.
     *
     * @throws CommandLine.ParameterException naming the option
     */
    public static void require(CommandLine.ParseResult parsed) {
        for (CommandLine.ParseResult each = parsed; each != null; each = each.subcommand()) {
            for (CommandLine.Model.OptionSpec option : each.matchedOptions()) {
                boolean column = option.paramLabel().startsWith("COLUMN");
                boolean count = COUNTS.contains(option.paramLabel())
                        && !option.longestName().equals("--seed");
                for (String value : option.originalStringValues()) {
                    if (OUTPUTS.contains(option.longestName()) && isDirectory(value)) {
                        throw refused(each, option.longestName(), value, A_FILE);
                    }
                    if (column && value.isEmpty()) {
                        throw refused(each, option.longestName(), value, "a column's name");
                    }
                    if (count && value.strip().startsWith("-") && !value.strip().matches("-0+")) {
                        throw refused(each, option.longestName(), value, "0 or more");
                    }
                }
            }
            if (each.commandSpec().name().equals(MAKES_FILE)) {
                for (CommandLine.Model.PositionalParamSpec parameter : each.matchedPositionals()) {
                    for (String value : parameter.originalStringValues()) {
                        if (isDirectory(value)) {
                            throw refused(each, parameter.paramLabel(), value, A_FILE);
                        }
                    }
                }
            }
        }
    }

    private static CommandLine.ParameterException refused(
            CommandLine.ParseResult parsed, String option, String value, String expected) {
        return new CommandLine.ParameterException(
                parsed.commandSpec().commandLine(),
                (option.startsWith("-") ? "option " : "parameter ") + option + ": found '" + value + "', expected "
                        + expected);
    }

    private static boolean isDirectory(String path) {
        return path.endsWith("/") || path.endsWith(File.separator);
    }

    private static Path path(String text) {
        if (text.isBlank()) {
            throw new TypeConversionException("an empty text is no path");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("'" + text + "' is no path here: " + e.getReason());
        }
    }

    private static <T> T number(String text, Function<String, T> reader, String expected) {
        try {
            return reader.apply(text.strip());
        } catch (NumberFormatException e) {
            boolean digits = text.strip().matches("[+-]?[0-9]+");
            throw new TypeConversionException("'" + text + "' is " + (digits ? "out of range" : "not " + expected));
        }
    }
}
