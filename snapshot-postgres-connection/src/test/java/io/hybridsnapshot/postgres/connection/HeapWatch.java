package io.hybridsnapshot.postgres.connection;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * How much heap this JVM has used since the watch began. Two figures, both upper bounds: the sum of the pools' peaks, garbage included,
 * which nears the limit in any run that is long enough; and the most that was left after a collection, which is what a smaller heap would have to hold.
 */
public final class HeapWatch implements AutoCloseable {
    private final AtomicLong left = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final NotificationListener listener = this::collected;

    /** Begins to watch. */
    public HeapWatch() {
        pools().forEach(MemoryPoolMXBean::resetPeakUsage);
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
        }
    }

    private void collected(Notification notification, Object handback) {
        if (!notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            return;
        }
        GarbageCollectionNotificationInfo info =
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        long used = 0;
        for (MemoryPoolMXBean pool : pools()) {
            MemoryUsage after = info.getGcInfo().getMemoryUsageAfterGc().get(pool.getName());
            used += after == null ? 0 : after.getUsed();
        }
        left.accumulateAndGet(used, Math::max);
        collections.incrementAndGet();
    }

    private static List<MemoryPoolMXBean> pools() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
    }

    /** The most that the heap held, garbage included, in bytes. */
    public long peak() {
        return pools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    }

    /** The most that a collection left, in bytes; 0 where there was none. */
    public long mostLeft() {
        return left.get();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap of at most %d MiB, peak %d MiB, most left by one of %d collections %d MiB",
                Runtime.getRuntime().maxMemory() >> 20,
                peak() >> 20,
                collections.get(),
                mostLeft() >> 20);
    }

    @Override
    public void close() {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            try {
                ((NotificationEmitter) collector).removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
