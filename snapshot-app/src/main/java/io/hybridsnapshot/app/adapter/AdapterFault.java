package io.hybridsnapshot.app.adapter;

import io.hybridsnapshot.domain.error.CauseText;
import io.hybridsnapshot.domain.error.SnapshotException;
import java.io.IOException;
import java.util.Optional;
import java.util.ServiceConfigurationError;

/** The failures of adapters from jars, which are none of the program. Stateless. */
public final class AdapterFault {
    private static final String LOADER = "adapters in ";

    private AdapterFault() {}

    /** The name of the class loader of a directory's jars. */
    static String loaderName(Object directory) {
        return LOADER + directory;
    }

    /**
     * Describes a failure for the adapter's author: by its class, except for failures of files. An adapter's error may
     * have no text, or nothing but the name of a class that is missing.
     */
    static String text(Throwable failure) {
        if (failure instanceof IOException) {
            return CauseText.of(failure);
        }
        if (failure instanceof ServiceConfigurationError unloaded) {
            // It begins with the port, and tells the provider but not why it failed.
            String provider = unloaded.getMessage().replaceFirst("^[a-zA-Z.]+: ", "");
            return unloaded.getCause() == null ? provider : provider + " (" + text(unloaded.getCause()) + ")";
        }
        String type = failure.getClass().getSimpleName();
        String message =
                failure.getMessage() == null ? "" : failure.getMessage().strip();
        return message.isEmpty()
                ? type
                : type + ": " + message.lines().findFirst().orElse(message);
    }

    /**
     * Finds out whether an adapter threw an exception that it should not throw: its innermost cause came from the
     * adapter's classes, or from a class that they called.
     *
     * @return an INVALID_REQUEST error that names the directory of the adapter's jar, and its class and method
     */
    public static Optional<SnapshotException> of(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        for (StackTraceElement frame : innermost.getStackTrace()) {
            String loader = frame.getClassLoaderName();
            if (loader != null && loader.startsWith(LOADER)) {
                return Optional.of(error(frame, loader, innermost, failure));
            }
            if (frame.getClassName().startsWith("io.hybridsnapshot.engine.")
                    || frame.getClassName().startsWith("io.hybridsnapshot.app.")) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static SnapshotException error(
            StackTraceElement frame, String loader, Throwable innermost, Throwable failure) {
        return SnapshotException.invalidRequest("an adapter failed with an error of its own")
                .where(loader + ", " + frame.getClassName() + "." + frame.getMethodName())
                .actual(text(innermost))
                .expected("an adapter that reports its errors as SnapshotException")
                .nextStep("ask the adapter's author")
                .cause(failure)
                .build();
    }
}
