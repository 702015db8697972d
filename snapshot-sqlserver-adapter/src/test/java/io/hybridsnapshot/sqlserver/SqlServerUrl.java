package io.hybridsnapshot.sqlserver;

import io.hybridsnapshot.sqlserver.connection.SqlServerSettings;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Reads {@code jdbc:sqlserver://host\instance:port;name=value;…}, the driver's own form, into settings. Stateless. */
final class SqlServerUrl {
    private static final String START = "jdbc:sqlserver://";
    private static final String ADMINISTRATION = "master";

    private SqlServerUrl() {}

    /**
     * The settings in a URL. {@code user} and {@code password} apply if the URL has none of its own.
     *
     * @throws IllegalArgumentException if the text is no such URL
     */
    static SqlServerSettings parse(String url, String user, String password) {
        if (!url.startsWith(START)) {
            throw new IllegalArgumentException("expected " + START + "host:port;name=value, found '" + url + "'");
        }
        int end = url.indexOf(';');
        String server = url.substring(START.length(), end < 0 ? url.length() : end);
        Map<String, String> properties = properties(end < 0 ? "" : url.substring(end + 1));
        int colon = server.endsWith("]") ? -1 : server.lastIndexOf(':');
        int port = colon < 0 ? SqlServerSettings.DEFAULT_PORT : Integer.parseInt(server.substring(colon + 1));
        String host = colon < 0 ? server : server.substring(0, colon);
        int instance = host.indexOf('\\');
        if (instance >= 0) {
            properties.put("instanceName", host.substring(instance + 1));
            host = host.substring(0, instance);
        }
        String database = take(properties, "databasename", take(properties, "database", ADMINISTRATION));
        String ownUser = take(properties, "user", take(properties, "username", user));
        String ownPassword = take(properties, "password", password);
        return new SqlServerSettings(host, port, database, ownUser, ownPassword, properties);
    }

    private static String take(Map<String, String> properties, String lowerCaseName, String otherwise) {
        for (String name : properties.keySet()) {
            if (name.toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
                return properties.remove(name);
            }
        }
        return otherwise;
    }

    /** A value in braces may hold semicolons; a closing brace within is doubled. */
    private static Map<String, String> properties(String text) {
        Map<String, String> properties = new LinkedHashMap<>();
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                if (!text.substring(at).isBlank()) {
                    throw new IllegalArgumentException("no value for '" + text.substring(at) + "'");
                }
                return properties;
            }
            String name = text.substring(at, equals).strip();
            StringBuilder value = new StringBuilder();
            at = equals + 1;
            if (text.startsWith("{", at)) {
                at++;
                while (at < text.length() && (text.charAt(at) != '}' || text.startsWith("}}", at))) {
                    at += text.charAt(at) == '}' ? 1 : 0;
                    value.append(text.charAt(at++));
                }
                at++;
            } else {
                int end = text.indexOf(';', at);
                end = end < 0 ? text.length() : end;
                value.append(text, at, end);
                at = end;
            }
            properties.put(name, value.toString());
            at = text.startsWith(";", at) ? at + 1 : at;
        }
        return properties;
    }
}
