package io.hybridsnapshot.testkit.planted.csv;

import java.util.logging.Logger;

/** Violates: java.util.logging. */
final class OldLogging {
    static final Logger LOG = Logger.getLogger("old");
}
