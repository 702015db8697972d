package io.hybridsnapshot.app.adapter;

import java.util.List;

/**
 * The parent of an adapter's classes: the JDK, and of the program only what an adapter is written against. The
 * program's other libraries are hidden, so an adapter brings its own in any version. Thread-safe.
 */
final class ApiClassLoader extends ClassLoader {
    private static final List<String> SHARED = List.of("io.hybridsnapshot.domain.", "org.jspecify.", "org.slf4j.");

    private final ClassLoader program;

    ApiClassLoader(ClassLoader program) {
        super("snapshot-api", ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    /** Asked for a class that the JDK does not have. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (SHARED.stream().noneMatch(name::startsWith)) {
            throw new ClassNotFoundException(name);
        }
        return program.loadClass(name);
    }
}
