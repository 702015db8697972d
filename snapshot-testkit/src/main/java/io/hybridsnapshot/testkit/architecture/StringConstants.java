package io.hybridsnapshot.testkit.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The string constants of a compiled class, recipes of concatenated texts included. ArchUnit does not keep them. Read
 * from the constant pool (Java Virtual Machine Specification, 4.4). Stateless.
 */
final class StringConstants {
    private static final int UTF8 = 1;
    private static final int INTEGER = 3;
    private static final int FLOAT = 4;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int STRING = 8;
    private static final int METHOD_HANDLE = 15;
    private static final int METHOD_TYPE = 16;
    private static final int MODULE = 19;
    private static final int PACKAGE = 20;

    private StringConstants() {}

    /** Returns the constants of an imported class; none where its class file is not known. */
    static List<String> of(JavaClass type) {
        if (type.getSource().isEmpty()) {
            return List.of();
        }
        try (InputStream file = type.getSource().get().getUri().toURL().openStream()) {
            return read(new DataInputStream(file));
        } catch (IOException e) {
            throw new UncheckedIOException(type.getName(), e);
        }
    }

    private static List<String> read(DataInputStream file) throws IOException {
        // The magic number and the version.
        file.readLong();
        int size = file.readUnsignedShort();
        String[] texts = new String[size];
        List<Integer> strings = new ArrayList<>();
        for (int i = 1; i < size; i++) {
            int tag = file.readUnsignedByte();
            switch (tag) {
                case UTF8 -> texts[i] = file.readUTF();
                case STRING -> strings.add(file.readUnsignedShort());
                case CLASS, METHOD_TYPE, MODULE, PACKAGE -> file.readUnsignedShort();
                case METHOD_HANDLE -> file.skipNBytes(3);
                case INTEGER, FLOAT -> file.readInt();
                case LONG, DOUBLE -> {
                    file.readLong();
                    // These constants count as two.
                    i++;
                }
                default -> file.readInt();
            }
        }
        return strings.stream().map(position -> texts[position]).toList();
    }
}
