package io.hybridsnapshot.app;

import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.embedded.EmbeddedPostgresServer;
import io.hybridsnapshot.embedded.EmbeddedPostgresSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the commands that users wait for, once each and in one process, on a home of its own. The launcher lets Java
 * write the classes that they load into an archive, from which later commands load them.
 */
public final class StartTraining {
    private StartTraining() {}

    /**
     * Ends with 0, or with the first exit code of a command that is another.
     *
     * @param arguments an empty directory; the caller deletes it
     */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]).toAbsolutePath();
        Path source = Files.writeString(directory.resolve("rows.csv"), "ID,NAME,PRICE\n1,a,1.50\n2,b,2.50\n");
        PrintStream out =
                new PrintStream(Files.newOutputStream(directory.resolve("out")), true, StandardCharsets.UTF_8);
        String rows = source.toString();
        int worst = Main.run(new String[] {"diff", rows, rows}, out, out, Map.of());
        Main.run(new String[] {"list", "--help"}, out, out, Map.of());
        Main.run(new String[] {"list", "--no-such-option"}, out, out, Map.of());
        if (worst == 0 && hasServer()) {
            worst = withServer(source, directory, out);
        }
        System.exit(worst);
    }

    /** Whether the package carries PostgreSQL. Without it, each user has a server elsewhere. */
    private static boolean hasServer() {
        try {
            EmbeddedPostgresServer.requireRunnable();
            return true;
        } catch (SnapshotException e) {
            return false;
        }
    }

    @SuppressWarnings("try") // the use is held, and not called
    private static int withServer(Path source, Path directory, PrintStream out) {
        Path home = directory.resolve("home");
        int worst = 0;
        // One start of the server for all commands.
        try (EmbeddedPostgresServer server =
                EmbeddedPostgresServer.open(EmbeddedPostgresSettings.in(home.resolve("postgresql")))) {
            for (List<String> command : commands(source, directory)) {
                List<String> call = new ArrayList<>(command);
                call.addAll(List.of("--home", home.toString()));
                int code = Main.run(call.toArray(String[]::new), out, out, Map.of());
                worst = worst == 0 ? code : worst;
            }
        }
        return worst;
    }

    private static List<List<String>> commands(Path source, Path directory) {
        String name = "training";
        String rows = source.toString();
        return List.of(
                List.of("save", name, "--source", rows, "--key", "ID", "--tag", "run=training"),
                List.of("detect", name, "--source", rows, "--key", "ID"),
                List.of("detect", name, "--source", rows, "--key", "ID", "--json"),
                List.of("list"),
                List.of("list", name, "--json"),
                List.of("stats"),
                List.of("export", name, "--to", directory.resolve("out.csv").toString()),
                List.of("config"));
    }
}
