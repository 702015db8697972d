package io.hybridsnapshot.csv;

import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.io.input.ProxyInputStream;

/** The bytes of a stream, and the number of those that were read. For one thread; closes its source. */
final class CountedBytes extends ProxyInputStream {
    private final AtomicLong position;

    CountedBytes(InputStream source, AtomicLong position) {
        super(source);
        this.position = position;
    }

    @Override
    protected void afterRead(int count) {
        if (count > 0) {
            position.addAndGet(count);
        }
    }
}
