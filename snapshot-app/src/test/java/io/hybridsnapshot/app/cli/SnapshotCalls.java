package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.app.cli.terminal.Console;
import io.hybridsnapshot.app.report.Page;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs the program in this process for shell scripts: the scripts' function {@code snapshot} sends its arguments, its
 * directory and its environment over the loopback interface, and prints what it receives. Thread-safe.
 */
final class SnapshotCalls implements AutoCloseable {
    /** The end of a request; no argument and no variable is like it. */
    private static final String END = "end of request";

    /** Commands that change the machine, reach others or build. A script that calls one ends there and fails. */
    private static final List<String> REFUSED = List.of(
            "sudo",
            "su",
            "apt",
            "apt-get",
            "dpkg",
            "docker",
            "podman",
            "git",
            "curl",
            "wget",
            "systemctl",
            "crontab",
            "mvn");

    /** The first argument of a call that stands for a refused command. */
    private static final String REFUSAL = "the test refuses";

    private static final int REFUSED_CODE = 97;

    private static final String SNAPSHOT = """
            snapshot() {
                ask_program "${BASH_LINENO[0]}" "$@"
            }
            ask_program() {
                local line=$1 code out err fd
                shift
                exec {fd}<>/dev/tcp/127.0.0.1/$CALLS_PORT
                printf '%s\\0' "$line" "$PWD" "$#" "$@" >&$fd
                env -0 >&$fd
                printf 'end of request\\0' >&$fd
                IFS=$'\\t' read -r code out err <&$fd
                exec {fd}>&-
                cat "$out"
                cat "$err" >&2
                return "$code"
            }
            """;

    /** A call that a script made. */
    record Call(int line, List<String> arguments, int code, String out, String err) {
        /** Whether the script called a command that no test may run. */
        boolean isRefused() {
            return code == REFUSED_CODE;
        }
    }

    private final Path directory;
    private final ServerSocket socket;
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /** Serves calls; their outputs pass through files of a directory. */
    SnapshotCalls(Path directory) throws IOException {
        this.directory = directory;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(this::accept, "calls of scripts");
        accepting.setDaemon(true);
        accepting.start();
    }

    /** The functions that scripts call; Bash runs the file before a script. */
    static String functions() {
        StringBuilder functions = new StringBuilder(SNAPSHOT);
        for (String command : REFUSED) {
            functions.append(String.format(
                    Locale.ROOT,
                    "%s() { ask_program \"${BASH_LINENO[0]}\" '%s' %s \"$@\"; exit %d; }\n",
                    command,
                    REFUSAL,
                    command,
                    REFUSED_CODE));
        }
        return functions.toString();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** The calls since the last time, in the order of their ends. */
    List<Call> take() {
        List<Call> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                Thread serving = new Thread(() -> serve(caller), "a call of a script");
                serving.setDaemon(true);
                serving.start();
            } catch (IOException e) {
                // The socket was closed.
                return;
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            List<String> request = request(caller.getInputStream());
            int count = Integer.parseInt(request.get(2));
            List<String> arguments = request.subList(3, 3 + count);
            Map<String, String> environment = new HashMap<>();
            for (String variable : request.subList(3 + count, request.size())) {
                int at = variable.indexOf('=');
                environment.put(variable.substring(0, at), variable.substring(at + 1));
            }
            Call call = run(Integer.parseInt(request.get(0)), Path.of(request.get(1)), arguments, environment);
            Path out = Files.writeString(Files.createTempFile(directory, "out", ""), call.out());
            Path err = Files.writeString(Files.createTempFile(directory, "err", ""), call.err());
            calls.add(call);
            OutputStream answer = caller.getOutputStream();
            answer.write((call.code() + "\t" + out + "\t" + err + "\n").getBytes(StandardCharsets.UTF_8));
            answer.flush();
        } catch (IOException e) {
            calls.add(new Call(0, List.of(), -1, "", e.toString()));
        }
    }

    private static List<String> request(InputStream in) throws IOException {
        List<String> parts = new ArrayList<>();
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next != 0) {
                part.write(next);
                continue;
            }
            String text = part.toString(StandardCharsets.UTF_8);
            if (text.equals(END)) {
                return parts;
            }
            parts.add(text);
            part.reset();
        }
        throw new IOException("a request without an end");
    }

    private static Call run(int line, Path directory, List<String> arguments, Map<String, String> environment) {
        if (arguments.indexOf(REFUSAL) == 0) {
            return new Call(line, arguments, REFUSED_CODE, "", String.join(" ", arguments) + "\n");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new SnapshotProgram(new Console(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        directory,
                        Optional.of(Path.of(environment.get("HOME"))),
                        Clock.systemUTC(),
                        Console.Screen.PIPE,
                        Page.PLAIN))
                .run(arguments.toArray(String[]::new));
        return new Call(
                line,
                List.copyOf(arguments),
                code,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
