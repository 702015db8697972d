package io.hybridsnapshot.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Adds the program to a base image, and writes the image as a tarball that {@code docker load} reads. */
public final class ImageTar {
    /** The time of all files, as in the other packages. */
    private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

    private static final AbsoluteUnixPath PROGRAM = AbsoluteUnixPath.get("/usr/share/hybrid-snapshots");
    private static final AbsoluteUnixPath HOME = AbsoluteUnixPath.get("/var/lib/hybrid-snapshots");
    private static final FilePermissions FILE = FilePermissions.fromOctalString("644");
    private static final FilePermissions EXECUTABLE = FilePermissions.fromOctalString("755");

    private ImageTar() {}

    /**
     * Writes the image.
     *
     * @param arguments the base image's tarball; the tarball to write; the image's name; directories whose files come
     *     below {@code /usr/share/hybrid-snapshots}
     */
    public static void main(String[] arguments) throws Exception {
        FileEntriesLayer.Builder program = FileEntriesLayer.builder().setName("program");
        for (String directory : List.of(arguments).subList(3, arguments.length)) {
            program.addEntryRecursive(
                    Path.of(directory),
                    PROGRAM,
                    (source, target) -> Files.isDirectory(source)
                                    || target.toString().equals(PROGRAM + "/bin/snapshot")
                            ? EXECUTABLE
                            : FILE,
                    (source, target) -> TIME,
                    (source, target) -> "0:0");
        }
        Path cache = Files.createTempDirectory("image-cache-");
        Jib.from(TarImage.at(Path.of(arguments[0])))
                .addFileEntriesLayer(program.build())
                .setCreationTime(TIME)
                .addEnvironmentVariable("LC_ALL", "C.UTF-8")
                .addEnvironmentVariable("HOME", HOME.toString())
                .setUser("snapshot")
                .addVolume(HOME)
                .setWorkingDirectory(HOME)
                .setEntrypoint("snapshot")
                .setProgramArguments("--help")
                .containerize(Containerizer.to(TarImage.at(Path.of(arguments[1])).named(arguments[2]))
                        .setBaseImageLayersCache(cache.resolve("base"))
                        .setApplicationLayersCache(cache.resolve("program"))
                        .setOfflineMode(true));
    }
}
