package io.hybridsnapshot.postgres.connection;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * The heap that this JVM has used since the watch began. The peak is the most heap in use at the start of a collection,
 * garbage included; it nears the limit in any sufficiently long run. The heap left after full collections shows the
 * need of a run. Thread-safe.
 */
public final class HeapWatch implements AutoCloseable {
    private final AtomicLong peak = new AtomicLong();
    private final AtomicLong left = new AtomicLong();
    private final AtomicLong collections = new AtomicLong();
    private final NotificationListener listener = this::collected;

    /** Begins to watch. */
    public HeapWatch() {
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
        peak.accumulateAndGet(used(info.getGcInfo().getMemoryUsageBeforeGc()), Math::max);
        if (info.getGcAction().equals("end of major GC")) {
            left.accumulateAndGet(used(info.getGcInfo().getMemoryUsageAfterGc()), Math::max);
            collections.incrementAndGet();
        }
    }

    private static long used(Map<String, MemoryUsage> pools) {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pools.containsKey(pool.getName()))
                .mapToLong(pool -> pools.get(pool.getName()).getUsed())
                .sum();
    }

    /** The most that the heap held, garbage included, in bytes. */
    public long peak() {
        long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return peak.accumulateAndGet(now, Math::max);
    }

    /** The most bytes that a full collection left; 0 if there was none. */
    public long mostLeft() {
        return left.get();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "heap of at most %d MiB, peak %d MiB, most left by one of %d full collections %d MiB",
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
