package io.hybridsnapshot.app.wording;

import io.hybridsnapshot.csv.CsvRemedy;
import io.hybridsnapshot.domain.error.CommonRemedy;
import io.hybridsnapshot.domain.error.Remedy;
import io.hybridsnapshot.domain.error.RemedyText;
import io.hybridsnapshot.domain.error.SnapshotException;
import io.hybridsnapshot.domain.error.Wording;
import io.hybridsnapshot.encryption.EncryptionRemedy;
import io.hybridsnapshot.engine.error.EngineRemedy;
import io.hybridsnapshot.engine.save.Consent;
import java.util.List;
import java.util.Optional;

/** Names remedies by the commands and options of the command line. Stateless. */
public final class CommandWording implements Wording {
    /** The only instance. */
    public static final CommandWording WORDS = new CommandWording();

    private CommandWording() {}

    /** Returns a text in the words of the command line. */
    public static String text(RemedyText text) {
        return text.in(WORDS);
    }

    /** Returns the message of an error in the words of the command line. */
    public static String message(SnapshotException error) {
        return error.text().in(WORDS);
    }

    /** Returns the command line's name for a remedy, or the remedy's own words where this program does not know it. */
    @Override
    public String of(Remedy remedy) {
        return name(remedy).map(Name::text).orElseGet(remedy::words);
    }

    /** Returns the command line's name for a remedy; empty: this program does not know it. */
    public static Optional<Name> name(Remedy remedy) {
        if (remedy instanceof CommonRemedy common) {
            return Optional.of(name(common));
        }
        if (remedy instanceof EngineRemedy engine) {
            return Optional.of(name(engine));
        }
        if (remedy instanceof Consent consent) {
            return Optional.of(name(consent));
        }
        if (remedy instanceof CsvRemedy csv) {
            return Optional.of(name(csv));
        }
        return remedy instanceof EncryptionRemedy encryption ? Optional.of(name(encryption)) : Optional.empty();
    }

    private static Name name(CommonRemedy remedy) {
        return switch (remedy) {
            case REPEAT -> new Words("run the command again");
            case LIST -> new Command("list");
            case LIST_REMOVED -> new Command("list", "--removed");
            case LIST_COLUMNS -> new Words("'snapshot list DATASET --columns' ('snapshot inspect FILE' for a file)");
            case RECOVERY -> new Command("recover");
            case PREPARATION -> new Command("save");
            case MIGRATION -> new Words("any command");
            case OTHER_SERVER ->
                new Words("install the package with PostgreSQL, or name a PostgreSQL server by KESTRA_POSTGRES_HOST,"
                        + " KESTRA_POSTGRES_USER and KESTRA_POSTGRES_PASSWORD_FILE");
        };
    }

    private static Name name(EngineRemedy remedy) {
        return switch (remedy) {
            case COMPARISON -> new Command("compare");
            case CLEAN_UP -> new Command("cleanup");
            case PARTITION -> new OptionName("--partition", "compare", "export", "show", "verify");
            case ARCHIVES -> new OptionName("--archive", "redact");
            case ACCEPT_UNFINISHED -> new OptionName("--accept-unfinished", "redact");
            case WITHOUT_DETAILS -> new OptionName("--no-details", "save", "detect", "compare");
            case HASH_SPEC -> new OptionName("--hash-spec", "save", "detect");
            case TAKE_OVER_ZONE -> new OptionName("--take-over-zone", "save", "detect");
            case IGNORED_COLUMNS -> new OptionName("--ignore", "compare", "detect", "diff");
            case TOLERANCES -> new OptionName("--tolerance", "compare", "detect", "diff");
            case IGNORED_CASE -> new OptionName("--ignore-case", "compare", "detect", "diff");
            case IGNORED_SPACE -> new OptionName("--ignore-space", "compare", "detect", "diff");
            case COLUMN_TYPE -> new OptionName("--type", "save", "detect", "diff");
            case KEY_LINES -> new Words("a file with another name, such as keys.txt");
        };
    }

    private static Name name(Consent remedy) {
        return switch (remedy) {
            case EMPTY_SNAPSHOT -> new OptionName("--allow-empty", "save");
            case MANY_DELETED -> new OptionName("--allow-deletes", "save");
            case MANY_CHANGED -> new OptionName("--allow-changes", "save");
            case NO_ROW_MATCHES -> new OptionName("--allow-mismatch", "save");
            case FUTURE_DATE -> new OptionName("--allow-future-date", "save");
            case LOST_ROWS -> new OptionName("--allow-lost-rows", "save");
            case UNEXPECTED -> new OptionName("--allow-unexpected", "save");
        };
    }

    private static Name name(CsvRemedy remedy) {
        return switch (remedy) {
            case SEPARATOR ->
                new Words("set it with --separator, or as 'separator' under the dataset's 'csv' in the configuration"
                        + " file");
            case ENCODING ->
                new Words("name its encoding with --encoding (--encoding windows-1252 for files of Windows programs in"
                        + " Western Europe), or as 'encoding' under the dataset's 'csv' in the configuration file");
            case HEADER ->
                new Words("add --header no, or 'header: no' under the dataset's 'csv' in the configuration file");
            case DATE_FORMAT ->
                new Words(
                        "set --date-format, or 'date-format' under the dataset's 'csv' in the configuration file, to");
            case TYPES -> new Words("give every column a type, for example with --type '*=text'");
        };
    }

    private static Name name(EncryptionRemedy remedy) {
        return switch (remedy) {
            case NEW_KEY -> new Command("make-key", "FILE");
        };
    }

    /** A remedy's name. The command line's model is checked for the commands and options in it. */
    public sealed interface Name {
        /** Returns the name as a message shows it. */
        String text();
    }

    /**
     * A command.
     *
     * @param command its name
     * @param argument an option of it, or an argument; empty: none
     */
    public record Command(String command, Optional<String> argument) implements Name {
        Command(String command) {
            this(command, Optional.empty());
        }

        Command(String command, String argument) {
            this(command, Optional.of(argument));
        }

        @Override
        public String text() {
            return "'snapshot " + command + argument.map(each -> " " + each).orElse("") + "'";
        }
    }

    /**
     * An option.
     *
     * @param option its name
     * @param commands the commands whose messages name it
     */
    public record OptionName(String option, List<String> commands) implements Name {
        public OptionName {
            commands = List.copyOf(commands);
        }

        OptionName(String option, String... commands) {
            this(option, List.of(commands));
        }

        @Override
        public String text() {
            return option;
        }
    }

    /**
     * Words that name no single command.
     *
     * @param text the words
     */
    public record Words(String text) implements Name {}
}
