package io.hybridsnapshot.app.adapter;

import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.SafeText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.spi.AdapterProvider;
import io.hybridsnapshot.domain.spi.AdapterSetting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The jars of a directory and of the directories below it, each directory with a class loader of its own. */
final class AdapterJars {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** Names that the configuration has a meaning for already. */
    private static final Map<String, Set<String>> BUILT_IN = Map.of(
            "archive", Set.of("postgres"),
            "window", Set.of("postgres", "sqlserver"),
            "source", Set.of("csv", "parquet", "query", "postgres", "sqlserver"),
            "codec", Set.of("parquet"));

    /** A jar and the loader of its directory. */
    private record Jar(Path file, ClassLoader loader) {}

    private final List<Jar> jars;

    private AdapterJars(List<Jar> jars) {
        this.jars = jars;
    }

    static AdapterJars in(Path directory) {
        List<Jar> jars = new ArrayList<>(jarsOf(directory));
        for (Path below : listed(directory, Files::isDirectory)) {
            jars.addAll(jarsOf(below));
        }
        return new AdapterJars(jars);
    }

    private static List<Jar> jarsOf(Path directory) {
        List<Path> files = listed(directory, file -> file.toString().endsWith(".jar") && Files.isRegularFile(file));
        List<URL> urls = new ArrayList<>();
        for (Path file : files) {
            requireReadable(file);
            try {
                urls.add(file.toUri().toURL());
            } catch (MalformedURLException e) {
                throw unusable(file, e);
            }
        }
        // Closed by the end of the process: an adapter loads classes as long as it works.
        ClassLoader loader = new URLClassLoader(
                AdapterFault.loaderName(directory),
                urls.toArray(URL[]::new),
                new ApiClassLoader(AdapterJars.class.getClassLoader()));
        return files.stream().map(file -> new Jar(file, loader)).toList();
    }

    private static List<Path> listed(Path directory, Predicate<Path> wanted) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(wanted).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw SnapshotException.invalidRequest("the directory of adapters cannot be read")
                    .where(directory.toString())
                    .actual(CauseText.of(e))
                    .expected("a directory of jars")
                    .nextStep("correct the path, or its permissions")
                    .cause(e)
                    .build();
        }
    }

    private static void requireReadable(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            jar.getManifest();
        } catch (IOException e) {
            throw unusable(file, e);
        }
    }

    /** The adapters of one port, by name. */
    <P extends AdapterProvider> Map<String, ForeignAdapter<P>> adapters(Class<P> port, String portName) {
        Map<String, ForeignAdapter<P>> adapters = new LinkedHashMap<>();
        for (Jar jar : jars) {
            for (P provider : providers(port, jar)) {
                ForeignAdapter<P> adapter = checked(provider, jar.file());
                String name = provider.name();
                if (BUILT_IN.get(portName).contains(name)) {
                    throw twice(portName, name, jar.file(), "the program itself");
                }
                ForeignAdapter<P> other = adapters.putIfAbsent(name, adapter);
                if (other != null) {
                    throw twice(portName, name, jar.file(), other.jar().toString());
                }
            }
        }
        return adapters;
    }

    private static <P extends AdapterProvider> List<P> providers(Class<P> port, Jar jar) {
        try {
            List<P> providers = new ArrayList<>();
            ServiceLoader.load(port, new ServicesOfOneJar(jar)).forEach(providers::add);
            return providers;
        } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
            throw unusable(jar.file(), e);
        }
    }

    /** Asks a provider everything once, so that a broken one is found here and not in the middle of the work. */
    private static <P extends AdapterProvider> ForeignAdapter<P> checked(P provider, Path jar) {
        try {
            String name = provider.name();
            if (name == null || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("the name of "
                        + provider.getClass().getName() + " is '" + SafeText.value(String.valueOf(name))
                        + "', expected lower-case letters, digits and hyphens");
            }
            if (provider.settings() == null) {
                throw new IllegalArgumentException(provider.getClass().getName() + " returns null for its settings");
            }
            Set<String> names = new HashSet<>();
            for (AdapterSetting setting : provider.settings()) {
                if (!names.add(setting.name())) {
                    throw new IllegalArgumentException("setting '" + setting.name() + "' is declared twice");
                }
            }
            String version = Optional.ofNullable(provider.getClass().getPackage())
                    .map(Package::getImplementationVersion)
                    .orElse("unknown");
            return new ForeignAdapter<>(provider, jar, version);
        } catch (RuntimeException | LinkageError e) {
            throw unusable(jar, e);
        }
    }

    private static SnapshotException unusable(Path jar, Throwable cause) {
        return SnapshotException.invalidRequest("a jar of the adapters cannot be loaded")
                .where(jar.toString())
                .actual(AdapterFault.text(cause))
                .expected("a jar with providers for this program, and with the libraries that they use beside it")
                .nextStep("replace the jar, or take it out of the directory")
                .cause(cause)
                .build();
    }

    private static SnapshotException twice(String port, String name, Path jar, String other) {
        return SnapshotException.invalidRequest("two adapters have one name")
                .where(jar.toString())
                .actual("the " + port + " '" + name + "', which is in " + other + " too")
                .expected("one adapter of each name")
                .nextStep("take one of the two out of the directory")
                .build();
    }

    /** Shows the providers that one jar names, so that an error can say which jar it is. */
    private static final class ServicesOfOneJar extends ClassLoader {
        private final Jar jar;

        ServicesOfOneJar(Jar jar) {
            super(jar.loader());
            this.jar = jar;
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            String start = "jar:" + jar.file().toUri().toURL() + "!";
            return Collections.enumeration(Collections.list(super.getResources(name)).stream()
                    .filter(url -> url.toString().startsWith(start))
                    .toList());
        }
    }
}
