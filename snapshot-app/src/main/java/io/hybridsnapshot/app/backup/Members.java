package io.hybridsnapshot.app.backup;

import io.hybridsnapshot.domain.schema.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Receives the members of a backup one after another, and notes the size and the digest of each. For one thread. */
abstract class Members {
    private final List<Manifest.Member> members = new ArrayList<>();

    /** Opens the stream of the next member; closing it ends the member. */
    protected abstract OutputStream begin(String name) throws IOException;

    /** Members that are digested and dropped. */
    static Members dropped() {
        return new Members() {
            @Override
            protected OutputStream begin(String name) {
                return OutputStream.nullOutputStream();
            }
        };
    }

    /** Opens the next member. The caller closes it before the next call. */
    final OutputStream open(String name) throws IOException {
        return new Digested(name, begin(name));
    }

    /** The closed members. */
    final List<Manifest.Member> list() {
        return List.copyOf(members);
    }

    private final class Digested extends OutputStream {
        private final MessageDigest digest = Sha256.digest();
        private final String name;
        private final OutputStream out;
        private long bytes;
        private boolean closed;

        Digested(String name, OutputStream out) {
            this.name = name;
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            out.write(buffer, offset, length);
            digest.update(buffer, offset, length);
            bytes += length;
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                out.close();
                members.add(new Manifest.Member(name, bytes, HexFormat.of().formatHex(digest.digest())));
            }
        }
    }
}
