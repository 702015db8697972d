package io.hybridsnapshot.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/**
 * Writes the manual pages of the program and of each command as AsciiDoc files, which Asciidoctor turns into pages for
 * {@code man}. The build of the packages calls it; the program itself does not have the library.
 */
public final class ManPages {
    /** What Asciidoctor makes arrows of. */
    private static final Pattern ARROW = Pattern.compile("<=|=>|<-|->");

    private ManPages() {}

    /**
     * Writes the pages.
     *
     * @param arguments the directory of the pages
     */
    public static void main(String[] arguments) throws IOException {
        CommandLine program = HelpTexts.program();
        Path directory = Files.createDirectories(Path.of(arguments[0]));
        int code = ManPageGenerator.generateManPage(
                directory.toFile(), null, new boolean[0], true, program.getCommandSpec());
        if (code != 0) {
            throw new IOException("the manual pages cannot be written to " + directory + ": code " + code);
        }
        List<Path> pages;
        try (Stream<Path> files = Files.list(directory)) {
            pages = files.filter(file -> file.toString().endsWith(".adoc")).toList();
        }
        for (Path page : pages) {
            Files.writeString(page, plain(Files.readString(page)));
        }
    }

    /** Keeps signs from becoming arrows, and the Java of the build out of the pages. */
    static String plain(String page) {
        return page.lines()
                .map(line -> line.startsWith(":mansource:") ? ":mansource: hybrid-snapshots" : line)
                .map(line -> line.startsWith("  snapshot ")
                        ? line
                        : ARROW.matcher(line).replaceAll("\\\\$0"))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
