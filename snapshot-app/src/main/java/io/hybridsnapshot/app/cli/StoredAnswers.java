package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.config.DecodedText;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Answers a call for help or for the version without the parser of the command line, which would take several times as
 * long as the start of Java. The build makes the texts with the parser, see {@link HelpTexts}; a text that is missing
 * is left to the parser. Stateless.
 */
public final class StoredAnswers {
    /** The program's own help; the name that no command has. */
    static final String PROGRAM = "snapshot";

    private StoredAnswers() {}

    /**
     * Prints the answer if the arguments are nothing but a call for help or for the version, of the program or of one
     * command.
     *
     * @return whether the call is answered; otherwise nothing was printed
     */
    public static boolean print(PrintStream out, String... arguments) {
        int last = arguments.length - 1;
        // The parser reports a directory whose name could not be decoded.
        boolean decoded = System.getProperty("user.dir", "").indexOf(DecodedText.REPLACEMENT) < 0;
        if (last < 0 || last > 1 || !decoded) {
            return false;
        }
        boolean named = last == 1 && !arguments[1].startsWith("-");
        if (arguments[0].equals("help") && (last == 0 || named && !arguments[1].equals(PROGRAM))) {
            String answer = help(last == 0 ? PROGRAM : arguments[1]);
            if (answer != null) {
                out.print(answer);
            }
            return answer != null;
        }
        boolean version;
        switch (arguments[last]) {
            case "-h", "--help" -> version = false;
            case "-V", "--version" -> version = true;
            default -> {
                return false;
            }
        }
        String help = help(last == 0 ? PROGRAM : arguments[0]);
        if (help == null || last == 1 && arguments[0].equals(PROGRAM)) {
            return false;
        }
        out.print(version ? version().concat(System.lineSeparator()) : help);
        return true;
    }

    /** The program's version from its jar's manifest, the commit that it is built from, and Java's version. */
    static String version() {
        String version = StoredAnswers.class.getPackage().getImplementationVersion();
        return version(version == null ? "(development)" : version, stored(CommitText.FILE));
    }

    /** The text for a version and a commit; the commit is null if it is not known. */
    static String version(String version, String commit) {
        // Not by the operator +, whose first use in a process sets up method handles.
        return "snapshot "
                .concat(version)
                .concat(commit == null ? "" : " (".concat(commit).concat(")"))
                .concat(", Java ")
                .concat(Integer.toString(Runtime.version().feature()));
    }

    /** The file of a command's help, beside this class. */
    static String file(String command) {
        return "help/".concat(command).concat(".txt");
    }

    private static String help(String command) {
        for (int i = 0; i < command.length(); i++) {
            char character = command.charAt(i);
            if (character != '-' && (character < 'a' || character > 'z')) {
                return null;
            }
        }
        String help = stored(file(command));
        return help == null ? null : help.replace("\n", System.lineSeparator());
    }

    /** A file beside this class, or null if the build wrote none. */
    private static String stored(String file) {
        try (InputStream in = StoredAnswers.class.getResourceAsStream(file)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The parser knows the help as well, and the version says the rest.
            return null;
        }
    }
}
