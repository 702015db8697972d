package io.hybridsnapshot.jdbc.source;

import java.util.regex.Pattern;

/** Finds passwords in URLs and in names of properties. Stateless. */
final class UrlText {
    /** The value of a property with a secret's name, or the password before the host. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)((?:password|passwd|pwd|secret|token)[^=&;\\s]*=)[^&;\\s]*|(//[^/:@\\s]+:)[^@/\\s]+(?=@)");

    /** Oracle's {@code user/password@host}, which stands right behind the scheme. */
    private static final Pattern ORACLE = Pattern.compile("(?i)^(jdbc:oracle:[a-z]+:[^/@\\s]+/)[^@\\s]+(?=@)");

    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(?:password|passwd|pwd|secret|token).*");

    private UrlText() {}

    /** The text without the passwords in it. */
    static String masked(String text) {
        return SECRET.matcher(ORACLE.matcher(text).replaceAll("$1…")).replaceAll("$1$2…");
    }

    /** The URL up to its parameters, for messages and reports. */
    static String withoutParameters(String url) {
        return masked(url.split("[?;]", 2)[0]);
    }

    static boolean hasSecret(String url) {
        return SECRET.matcher(url).find() || ORACLE.matcher(url).find();
    }

    /** Whether a driver's property of this name holds a secret. */
    static boolean isSecretName(String name) {
        return SECRET_NAME.matcher(name).matches();
    }
}
