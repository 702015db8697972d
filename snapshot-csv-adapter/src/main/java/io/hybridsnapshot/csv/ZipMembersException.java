package io.hybridsnapshot.csv;

import java.io.IOException;
import java.io.Serial;
import java.util.List;

/** A ZIP archive without exactly one member that can be read. */
final class ZipMembersException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    private static final int SHOWN = 5;

    private final String found;
    private final String nextStep;

    ZipMembersException(String problem, String found, String nextStep) {
        super(problem);
        this.found = found;
        this.nextStep = nextStep;
    }

    /** The members, for messages. */
    String found() {
        return found;
    }

    /** The way to read the file nevertheless. */
    String nextStep() {
        return nextStep;
    }

    /** The first names, and the number of the others. */
    static String shown(List<String> names) {
        StringBuilder text = new StringBuilder();
        for (String name : names.subList(0, Math.min(SHOWN, names.size()))) {
            text.append(text.isEmpty() ? "'" : ", '")
                    .append(CellErrors.cut(name))
                    .append('\'');
        }
        return names.size() > SHOWN ? text + " and " + (names.size() - SHOWN) + " more" : text.toString();
    }
}
