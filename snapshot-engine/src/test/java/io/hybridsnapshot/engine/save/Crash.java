package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowStore;
import io.hybridsnapshot.domain.window.WindowWriter;
import java.io.Serial;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Lets a process die at the n-th call of any port. Every later call fails too, except closing. Closing represents the
 * server that notices the lost session.
 */
public final class Crash {
    /** Not an Exception: the platform must not catch it. */
    public static final class Died extends Error {
        @Serial
        private static final long serialVersionUID = 1L;

        public Died(String where) {
            super(where);
        }
    }

    /** Whether the fatal call is carried out. */
    public enum Moment {
        BEFORE,
        AFTER
    }

    private final int fatalCall;
    private final Moment moment;
    private int calls;
    private String diedAt;

    Crash(int fatalCall, Moment moment) {
        this.fatalCall = fatalCall;
        this.moment = moment;
    }

    boolean happened() {
        return diedAt != null;
    }

    String diedAt() {
        return diedAt;
    }

    <T> T guard(Class<T> port, T target) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class
                            || method.getName().equals("close")) {
                        return call(target, method, arguments);
                    }
                    if (happened()) {
                        throw new Died("after " + diedAt);
                    }
                    boolean fatal = calls++ == fatalCall;
                    if (fatal && moment == Moment.BEFORE) {
                        throw die(port, method);
                    }
                    Object result = call(target, method, arguments);
                    if (fatal) {
                        if (result instanceof AutoCloseable resource) {
                            resource.close();
                        }
                        throw die(port, method);
                    }
                    if (result instanceof Optional<?> offered
                            && offered.orElse(null) instanceof WindowChanges changes) {
                        return Optional.of(guard(WindowChanges.class, changes));
                    }
                    return isPort(method.getReturnType()) ? guardResult(method.getReturnType(), result) : result;
                }));
    }

    /** Returns the window store whose writers let the process die before they publish, whole rows or changes. */
    public static WindowStore beforePublish(WindowStore window) {
        return beforePublish(WindowStore.class, window);
    }

    private static <T> T beforePublish(Class<T> port, T target) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    if (method.getName().equals("publish")) {
                        throw new Died("before the publish");
                    }
                    Object result = call(target, method, arguments);
                    if (result instanceof WindowWriter writer) {
                        return beforePublish(WindowWriter.class, writer);
                    }
                    return result instanceof Optional<?> offered
                                    && offered.orElse(null) instanceof WindowChanges changes
                            ? Optional.of(beforePublish(WindowChanges.class, changes))
                            : result;
                }));
    }

    private static boolean isPort(Class<?> type) {
        return type.isInterface()
                && type.getSimpleName().startsWith("Window")
                && AutoCloseable.class.isAssignableFrom(type);
    }

    private <T> T guardResult(Class<T> type, Object result) {
        return guard(type, type.cast(result));
    }

    private Died die(Class<?> port, Method method) {
        diedAt = moment + " " + port.getSimpleName() + "." + method.getName() + ", call " + fatalCall;
        return new Died(diedAt);
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
