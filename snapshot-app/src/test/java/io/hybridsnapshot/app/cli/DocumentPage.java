package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.cli.command.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of a page's code blocks that call {@code snapshot}, and the page as a shell script of the same numbers of
 * lines.
 * Comments of HTML before a block mark it: {@code <!-- not run: REASON -->}, {@code <!-- not run, line 2: REASON -->}
 * (the second call of the block), {@code <!-- exit codes: 1, 0 -->} (of the calls, in their order) and
 * {@code <!-- before: COMMAND -->}, a line of the script. Immutable.
 *
 * @param name the page's path
 * @param script the script; line N is line N of the page, or empty
 * @param expected the line numbers of the calls that have to be made, and their exit codes
 * @param left the line numbers of the calls that are not made, and the reasons
 */
record DocumentPage(String name, List<String> script, Map<Integer, Integer> expected, Map<Integer, String> left) {
    /** A call: at the start of a line, by any of the launcher's names and with any word; elsewhere with a command. */
    private static final Pattern CALL =
            Pattern.compile("^(?:[\\w./~-]*/)?snapshot\\s+\\S|[\\s(;|&](?:[\\w./~-]*/)?snapshot\\s+(?:"
                    + String.join("|", Commands.allNames())
                    + "|--version)(?=[\\s;|&)]|$)");

    private static final Pattern NOT_RUN = Pattern.compile("<!-- not run(?:, line (\\d+))?: (.+?) -->");
    private static final Pattern CODES = Pattern.compile("<!-- exit codes: ([\\d, ]+) -->");
    private static final Pattern BEFORE = Pattern.compile("<!-- before: (.+?) -->");
    private static final Pattern FENCE = Pattern.compile("^\\s*```(\\w*)\\s*$");

    /** Diagrams and the code of programs call nothing. */
    private static final List<String> NO_SCRIPTS = List.of("mermaid", "java", "sql", "xml", "json", "python", "csv");

    private record Block(int first, List<String> lines, List<String> marks, String language) {}

    /**
     * Reads a page. Blocks with one of the missing commands are left out, with the reason {@link #lacks}.
     */
    static DocumentPage read(Path root, Path page, Set<String> missing) throws IOException {
        List<String> lines = Files.readAllLines(page);
        String[] script = new String[lines.size()];
        Arrays.fill(script, "");
        Map<Integer, Integer> expected = new TreeMap<>();
        Map<Integer, String> left = new TreeMap<>();
        for (int at = 0; at < lines.size(); at++) {
            Matcher before = BEFORE.matcher(lines.get(at));
            if (before.find()) {
                script[at] = before.group(1);
            }
        }
        for (Block block : blocks(lines)) {
            read(block, missing, script, expected, left);
        }
        return new DocumentPage(root.relativize(page).toString().replace('\\', '/'), List.of(script), expected, left);
    }

    /** The reason for which blocks with a missing command are left out. */
    static String lacks(String command) {
        return "needs " + command + ", which is missing here";
    }

    private static void read(
            Block block,
            Set<String> missing,
            String[] script,
            Map<Integer, Integer> expected,
            Map<Integer, String> left) {
        if (NO_SCRIPTS.contains(block.language())) {
            return;
        }
        boolean prompted = block.lines().stream().anyMatch(line -> line.strip().startsWith("$ "));
        List<Integer> calls = new ArrayList<>();
        for (int at = 0; at < block.lines().size(); at++) {
            String line = block.lines().get(at).strip();
            boolean isCommand = !prompted || line.startsWith("$ ");
            // The output of a command in a fence without prompts is no script.
            boolean isOutput = block.language().equals("text") && !prompted;
            if (isCommand && !isOutput && CALL.matcher(withoutComment(line)).find()) {
                calls.add(at);
            }
        }
        if (calls.isEmpty()) {
            return;
        }
        Marks marks = Marks.of(block.marks());
        for (String command : missing) {
            Pattern called = Pattern.compile("(?:^|[\\s(;|&])" + Pattern.quote(command) + "\\s");
            if (block.lines().stream().anyMatch(line -> called.matcher(line).find())) {
                marks.reasons().put(0, lacks(command));
            }
        }
        if (!marks.codes().isEmpty() && marks.codes().size() != calls.size()) {
            throw new AssertionError(
                    "line " + block.first() + ": " + calls.size() + " calls and the codes " + marks.codes());
        }
        for (int call = 0; call < calls.size(); call++) {
            int line = block.first() + calls.get(call);
            Optional<String> reason = marks.reason(call + 1);
            if (reason.isPresent()) {
                left.put(line, reason.get());
            } else {
                expected.put(line, marks.codes().isEmpty() ? 0 : marks.codes().get(call));
            }
        }
        for (int at = 0; at < block.lines().size() && marks.reason(0).isEmpty(); at++) {
            String line = block.lines().get(at);
            boolean isCommand = !prompted || line.strip().startsWith("$ ");
            if (isCommand && !left.containsKey(block.first() + at)) {
                script[block.first() + at - 1] = prompted ? line.strip().substring(2) : line;
            }
        }
    }

    /** The marks of a block: reasons by the number of the call, 0 for all calls, and exit codes. */
    private record Marks(Map<Integer, String> reasons, List<Integer> codes) {
        static Marks of(List<String> comments) {
            Map<Integer, String> reasons = new LinkedHashMap<>();
            List<Integer> codes = new ArrayList<>();
            for (String comment : comments) {
                Matcher notRun = NOT_RUN.matcher(comment);
                Matcher exit = CODES.matcher(comment);
                if (notRun.find()) {
                    String call = notRun.group(1);
                    reasons.put(call == null ? 0 : Integer.parseInt(call), notRun.group(2));
                } else if (exit.find()) {
                    Arrays.stream(exit.group(1).split(","))
                            .map(code -> Integer.valueOf(code.strip()))
                            .forEach(codes::add);
                }
            }
            return new Marks(reasons, codes);
        }

        Optional<String> reason(int call) {
            return Optional.ofNullable(reasons.getOrDefault(call, reasons.get(0)));
        }
    }

    private static String withoutComment(String line) {
        String command = line.startsWith("$ ") ? line.substring(2) : line;
        return command.startsWith("#") ? "" : command.replaceFirst("\\s+#\\s.*$", "");
    }

    private static List<Block> blocks(List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            Matcher fence = FENCE.matcher(lines.get(at));
            if (fence.matches()) {
                int end = at + 1;
                while (end < lines.size() && !lines.get(end).strip().equals("```")) {
                    end++;
                }
                blocks.add(block(lines, at, at + 1, end, fence.group(1)));
                at = end;
            } else if (isIndented(lines, at) && at > 0 && lines.get(at - 1).isBlank()) {
                int end = at;
                while (end < lines.size()
                        && (isIndented(lines, end) || lines.get(end).isBlank())) {
                    end++;
                }
                blocks.add(block(lines, at, at, end, ""));
                at = end - 1;
            }
        }
        return blocks;
    }

    private static boolean isIndented(List<String> lines, int at) {
        return lines.get(at).startsWith("    ") && !lines.get(at).isBlank();
    }

    private static Block block(List<String> lines, int start, int from, int end, String language) {
        List<String> marks = new ArrayList<>();
        for (int at = start - 1; at >= 0; at--) {
            String line = lines.get(at).strip();
            if (line.startsWith("<!--")) {
                marks.add(line);
            } else if (!line.isEmpty()) {
                break;
            }
        }
        List<String> indented =
                lines.subList(from, end).stream().map(DocumentPage::unindented).toList();
        return new Block(from + 1, indented, marks, language);
    }

    /** The indentation would end a here document of the script nowhere. */
    private static String unindented(String line) {
        return line.startsWith("    ") ? line.substring(4) : line;
    }

    /** The script with the launcher's one name, and with files of the machine below a directory. */
    String script(Path machine) {
        String text = String.join("\n", script) + "\n";
        text = text.replaceAll("(^|[\\s(;|&])(?:\\.{1,2}/|[\\w./-]*/)snapshot(?=\\s)", "$1snapshot");
        return text.replaceAll(
                "(?<![\\w./~\"-])/(mnt|etc|srv|var|run)/", Matcher.quoteReplacement(machine + "/") + "$1/");
    }
}
