package io.hybridsnapshot.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hybridsnapshot.distribution.Installation.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The packages of this build, each unpacked or installed into an empty directory and run. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the packages are unpacked and run with the tools of Linux")
@Tag("one-jdk")
class PackagesTest {
    private static final String NAME = "hybrid-snapshots-" + Installation.version();
    private static final String PLAIN = NAME + ".tar.gz";
    private static final String ZIP = NAME + ".zip";
    private static final String SERVER = NAME + "-linux-amd64.tar.gz";
    private static final String DEBIAN_VERSION = Installation.version().replace("-", "~");
    private static final String DEB = "hybrid-snapshots_" + DEBIAN_VERSION + "_all.deb";
    private static final String SERVER_DEB = "hybrid-snapshots-postgresql_" + DEBIAN_VERSION + "_amd64.deb";

    /** A folder with a blank and a letter outside ASCII, in the words of the shell. */
    private static final String FOLDER = "'Schöne Programme'";

    private static final String TREE = FOLDER + "/" + NAME;

    /** What a package without PostgreSQL says to a command that needs a server. */
    private static final String NO_SERVER = "name a PostgreSQL server by KESTRA_POSTGRES_HOST, KESTRA_POSTGRES_USER and"
            + " KESTRA_POSTGRES_PASSWORD_FILE";

    @TempDir
    Path directory;

    /** Unpacks an archive and makes the tree read-only. */
    private Installation unpacked(String name) throws IOException, InterruptedException {
        Installation installation = new Installation(directory, "\"$PWD\"/" + TREE + "/bin/snapshot");
        String archive = "'" + Installation.packaged(name) + "'";
        installation.shell("mkdir " + FOLDER + " && "
                + (name.endsWith(".zip") ? "unzip -q " + archive + " -d " : "tar -xzf " + archive + " -C ") + FOLDER
                + " && chmod -R a-w " + FOLDER);
        Files.writeString(directory.resolve("a.csv"), "id,ort\n1,Köln\n2,Bonn\n", StandardCharsets.UTF_8);
        Files.writeString(directory.resolve("b.csv"), "id,ort\n1,Köln\n2,Trier\n", StandardCharsets.UTF_8);
        return installation;
    }

    private static void comparesFiles(Installation installation) throws IOException, InterruptedException {
        Ended version = installation.run("--version");
        assertEquals(0, version.code(), version.err());
        assertTrue(version.out().startsWith("snapshot " + Installation.version()), version.out());
        assertEquals("", version.err());
        Ended diff = installation.run("diff", "a.csv", "b.csv", "--json");
        assertEquals(0, diff.code(), diff.err());
        assertTrue(diff.out().contains("\"changed\" : 1"), diff.out());
        Ended differ = installation.run("diff", "a.csv", "b.csv", "--exit-code");
        assertEquals(1, differ.code(), differ.err());
        assertTrue(differ.out().contains("Trier"), differ.out());
    }

    private static void needsAServer(Installation installation) throws IOException, InterruptedException {
        Ended save = installation.run("save", "orte", "--source", "a.csv", "--key", "id");
        assertEquals(5, save.code(), save.err());
        assertTrue(save.err().startsWith("error: there is no embedded PostgreSQL"), save.err());
        assertTrue(save.err().contains(NO_SERVER), save.err());
        assertEquals(1, save.err().lines().count(), save.err());
        Ended doctor = installation.run("doctor");
        assertTrue(doctor.out().contains(NO_SERVER), doctor.out() + doctor.err());
    }

    @Nested
    class WithoutPostgres {
        @Test
        void theTarComparesFilesAndAsksForAServer() throws Exception {
            Installation installation = unpacked(PLAIN);
            comparesFiles(installation);
            needsAServer(installation);
            Ended bash = installation.run("completion", "bash");
            assertEquals(installation.shell("cat " + TREE + "/completions/snapshot.bash"), bash.out());
            Ended fish = installation.run("completion", "fish");
            assertEquals(installation.shell("cat " + TREE + "/completions/snapshot.fish"), fish.out());
            Ended help = installation.run("help");
            for (String command : List.of("save", "diff", "verify", "report")) {
                assertTrue(help.out().contains("  " + command + " "), help.out());
                String page = installation.shell("cat " + TREE + "/man/man1/snapshot-" + command + ".1");
                assertTrue(page.contains("snapshot-" + command + " \\-"), page);
                assertTrue(page.contains(".SH \"OPTIONS\""), page);
            }
            String diff = installation.shell("cat " + TREE + "/man/man1/snapshot-diff.1");
            assertTrue(diff.contains("<= > >="), "signs stay signs");
        }

        @Test
        void theZipComparesFiles() throws Exception {
            Installation.assumeCommand("unzip");
            comparesFiles(unpacked(ZIP));
        }

        @Test
        void theLauncherIsFoundThroughLinks() throws Exception {
            Installation installation = unpacked(PLAIN);
            installation.shell("mkdir links && ln -s ../" + TREE + "/bin/snapshot links/one && ln -s one links/two");
            Installation linked = new Installation(directory, "links/two");
            assertEquals(0, linked.run("--version").code());
        }

        @Test
        void withoutJavaItIsUnavailable() throws Exception {
            Installation installation = unpacked(PLAIN);
            installation.shell("mkdir tools && for tool in bash dirname env grep head locale readlink sed sh tr; do"
                    + " ln -s \"$(command -v $tool)\" tools/$tool; done");
            installation.withoutEnvironment("JAVA_HOME");
            installation.environment("PATH", directory.resolve("tools").toString());
            Ended ended = installation.run("list", "--json");
            assertEquals(5, ended.code(), ended.err());
            assertTrue(ended.err().startsWith("{\"error\": {\"kind\": \"UNAVAILABLE\""), ended.err());
            assertTrue(ended.err().contains("Java 17 or later is needed"), ended.err());
        }

        @Test
        void anIncompleteTreeIsUnavailable() throws Exception {
            Installation installation = unpacked(PLAIN);
            installation.shell("chmod -R u+w " + FOLDER + " && rm " + TREE + "/lib/snapshot-app-*.jar");
            Ended ended = installation.run("list");
            assertEquals(5, ended.code(), ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
            installation.shell("rm " + TREE + "/lib/launch.bash");
            ended = installation.run("list");
            assertEquals(5, ended.code(), ended.err());
            assertTrue(ended.err().contains("install the program again"), ended.err());
        }

        @Test
        void eachUserHasAnArchiveOfClassesForTheJarsOfThePackage() throws Exception {
            Installation installation = unpacked(PLAIN);
            Path caches = installation.home().resolve(".cache/hybrid-snapshots");
            installation.environment("SNAPSHOT_CLASS_ARCHIVE", "now");
            assertEquals(0, installation.run("--version").code());
            List<String> made = Installation.files(caches);
            assertEquals(1, made.size(), made.toString());
            String id =
                    installation.shell("cat " + TREE + "/lib/class-id").strip().substring(0, 16);
            assertTrue(made.get(0).contains("/classes-" + id), made.toString());
            assertTrue(made.get(0).endsWith(".jsa"), made.toString());
            assertTrue(installation.run("--version").out().startsWith("snapshot "));
            assertEquals(made, Installation.files(caches));
            // Other jars of the same time, as a newer package has: their archive takes the place of the former one.
            installation.shell("chmod -R u+w " + FOLDER + " && echo other >" + TREE + "/lib/class-id");
            assertEquals(0, installation.run("--version").code());
            List<String> later = Installation.files(caches);
            assertEquals(1, later.size(), later.toString());
            assertTrue(later.get(0).contains("/classes-other-"), later.toString());
        }
    }

    @Nested
    class WithPostgres {
        @Test
        void theTarSavesAndDetects() throws Exception {
            assumePlatform();
            savesAndDetects(unpacked(SERVER));
        }
    }

    @Nested
    class Debian {
        private static final String ROOT = "root";

        private Installation installed(String... packages) throws IOException, InterruptedException {
            Installation.assumeCommand("dpkg-deb");
            Installation installation = new Installation(directory, ROOT + "/usr/bin/snapshot");
            for (String each : packages) {
                installation.shell("dpkg-deb -x '" + Installation.packaged(each) + "' " + ROOT);
            }
            Files.writeString(directory.resolve("a.csv"), "id,ort\n1,Köln\n2,Bonn\n", StandardCharsets.UTF_8);
            Files.writeString(directory.resolve("b.csv"), "id,ort\n1,Köln\n2,Trier\n", StandardCharsets.UTF_8);
            return installation;
        }

        @Test
        void thePackageOfTheProgramComparesFilesAndAsksForAServer() throws Exception {
            Installation installation = installed(DEB);
            Ended diff = installation.run("diff", "a.csv", "b.csv", "--exit-code");
            assertEquals(1, diff.code(), diff.err());
            assertTrue(installation.run("doctor").out().contains(NO_SERVER));
            assertTrue(
                    Files.isRegularFile(directory.resolve(ROOT + "/usr/share/bash-completion/completions/snapshot")));
            assertTrue(Files.isRegularFile(
                    directory.resolve(ROOT + "/usr/share/fish/vendor_completions.d/snapshot.fish")));
            assertTrue(Files.isRegularFile(directory.resolve(ROOT + "/usr/share/doc/hybrid-snapshots/copyright")));
            assertTrue(Files.isRegularFile(directory.resolve(ROOT + "/usr/share/man/man1/snapshot.1")));
        }

        /** The archive's test starts the same files of PostgreSQL. */
        @Test
        void theOtherPackageAddsPostgres() throws Exception {
            assumePlatform();
            Ended doctor = installed(DEB, SERVER_DEB).run("doctor");
            assertFalse(doctor.out().contains(NO_SERVER), doctor.out());
            assertTrue(doctor.out().contains("embedded PostgreSQL"), doctor.out());
        }

        @Test
        void dpkgInstallsAndRemovesThePackages() throws Exception {
            Installation.assumeCommand("dpkg");
            assumeTrue(Installation.isRoot(), "dpkg needs root");
            Installation installation = new Installation(directory, ROOT + "/usr/bin/snapshot");
            installation.shell(
                    "mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates && : >root/var/lib/dpkg/status");
            String dpkg = "dpkg --root=root --force-depends --force-not-root --force-script-chrootless ";
            installation.shell(dpkg + "--force-architecture -i '" + Installation.packaged(DEB) + "' '"
                    + Installation.packaged(SERVER_DEB) + "'");
            assertEquals(0, installation.run("--version").code());
            installation.shell(dpkg + "--purge hybrid-snapshots-postgresql hybrid-snapshots");
            assertEquals(List.of(), Installation.files(directory.resolve("root/usr")));
        }
    }

    private static void assumePlatform() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "PostgreSQL is packaged for Linux on x86-64");
    }

    private static void savesAndDetects(Installation installation) throws IOException, InterruptedException {
        for (String[] command : new String[][] {
            {"save", "orte", "--source", "a.csv", "--key", "id"},
            {"detect", "orte", "--source", "b.csv", "--key", "id", "--json"}
        }) {
            Ended ended = installation.run(command);
            assertEquals(0, ended.code(), ended.out() + ended.err());
        }
        Ended list = installation.run("list", "--json");
        assertTrue(list.out().contains("orte"), list.out());
    }

    @Test
    void theFilesHaveOneTimeOneOwnerAndFixedModes() throws Exception {
        for (String name : List.of(PLAIN, SERVER)) {
            String listing = Installation.call(
                            directory,
                            "TZ=UTC LC_ALL=C tar --numeric-owner --full-time -tvzf '" + Installation.packaged(name)
                                    + "'")
                    .out();
            assertFalse(listing.isEmpty());
            listing.lines().forEach(line -> {
                String modes = line.contains("/bin/snapshot") || line.endsWith("/") ? "[d-]rwxr-xr-x" : "-rw-r--r--";
                assertTrue(line.matches(modes + " 0/0 +[0-9]+ 2026-01-01 00:00:00 .*"), line);
            });
        }
    }

    @Test
    void everyLibraryIsInTheListOfLicencesAndInTheBillOfMaterials() throws Exception {
        Path zip = Installation.packaged(ZIP);
        Set<String> jars = new TreeSet<>();
        String licences;
        String materials;
        try (ZipFile file = new ZipFile(zip.toFile())) {
            file.stream()
                    .map(entry -> entry.getName().substring(entry.getName().lastIndexOf('/') + 1))
                    .filter(name -> name.endsWith(".jar"))
                    .forEach(jars::add);
            licences = text(file, "THIRD-PARTY.txt");
            for (String name :
                    List.of("LICENSE", "NOTICE", "THIRD-PARTY-NOTES.txt", "docs/cli.md", "bin/snapshot.cmd")) {
                assertFalse(text(file, name).isEmpty(), name);
            }
            assumeTrue(file.getEntry(NAME + "/sbom.cdx.json") != null, "a build without network makes no SBOM");
            materials = text(file, "sbom.cdx.json");
        }
        assertTrue(jars.size() > 50, jars.toString());
        for (String jar : jars) {
            String stem = jar.substring(0, jar.length() - ".jar".length());
            assertTrue(materials.contains(stem.replaceFirst("-(?=[0-9])", "@")), jar);
            if (!jar.startsWith("snapshot-")) {
                assertTrue(licences.contains(":" + stem.replaceFirst("-(?=[0-9])", ":")), jar);
            }
        }
        assertFalse(materials.contains("serialNumber") || materials.contains("\"timestamp\""));
    }

    /** No Windows runs it here, so the test reads it. */
    @Test
    void theLauncherForWindowsHasTheOptionsOfTheOtherOne() throws Exception {
        try (ZipFile file = new ZipFile(Installation.packaged(ZIP).toFile())) {
            String windows = text(file, "bin/snapshot.cmd");
            assertEquals(windows.lines().count(), windows.split("\r\n").length, "each line ends as Windows wants it");
            for (String option : List.of(
                    "-Xmx1g",
                    "-XX:+UseSerialGC",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dfile.encoding=UTF-8",
                    "--sun-misc-unsafe-memory-access=allow",
                    "io.hybridsnapshot.app.Main",
                    "exit /b 5")) {
                assertTrue(windows.contains(option), option);
            }
            assertTrue(windows.toLowerCase(Locale.ROOT).startsWith("@echo off"));
        }
    }

    private static String text(ZipFile file, String name) throws IOException {
        return new String(file.getInputStream(file.getEntry(NAME + "/" + name)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
