package io.hybridsnapshot.testkit.planted.app;

import com.google.inject.Inject;

/** Violates: the app may use Guice, but must take its dependencies through constructors. */
final class FieldInjected {
    @Inject
    private String field;

    private final String constructed;

    @Inject
    FieldInjected(String constructed) {
        this.constructed = constructed;
    }

    @Override
    public String toString() {
        return field + constructed;
    }
}
