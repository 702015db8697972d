package io.hybridsnapshot.app.cli;

import io.hybridsnapshot.domain.encoding.LegacySpec;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How somebody else hashed the rows that are in the window. */
final class ForeignHashesOption {
    @Option(
            names = "--hash-spec",
            paramLabel = "NAME",
            order = 30,
            description =
                    "How the Python pipeline hashed the current rows, where it wrote them: legacy-py-a, legacy-py-b or legacy-py-c.")
    private String name;

    Optional<LegacySpec> spec() {
        return Optional.ofNullable(name).map(LegacySpec::parse);
    }
}
