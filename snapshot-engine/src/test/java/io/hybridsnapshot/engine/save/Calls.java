package io.hybridsnapshot.engine.save;

import io.hybridsnapshot.domain.window.WindowChanges;
import io.hybridsnapshot.domain.window.WindowWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;

/** Shows a listener every call of a port, of the writers that it opens, and of their changes. */
final class Calls {
    private Calls() {}

    /** Receives each call before it is carried out. */
    @FunctionalInterface
    interface Listener {
        void before(Method method, Object[] arguments);
    }

    static <T> T around(Class<T> port, T target, Listener listener) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() != Object.class) {
                        listener.before(method, arguments);
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (result instanceof WindowWriter writer) {
                        return around(WindowWriter.class, writer, listener);
                    }
                    return result instanceof Optional<?> offered
                                    && offered.orElse(null) instanceof WindowChanges changes
                            ? Optional.of(around(WindowChanges.class, changes, listener))
                            : result;
                }));
    }
}
