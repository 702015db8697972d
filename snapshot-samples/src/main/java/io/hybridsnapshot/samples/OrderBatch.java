package io.hybridsnapshot.samples;

/**
 * The rows of the batch that is being made, before any cell is: a hot path of plain arrays, reused, used by one thread.
 */
final class OrderBatch {
    final long[][] keys;
    final long[] orderNumbers;
    final long[] uuidHigh;
    final long[] uuidLow;
    final byte[] customers;
    final byte[] colours;
    final short[] styles;
    final byte[] sizeRanges;
    final byte[] firstSizes;
    final byte[] sizesUsed;
    final int[] quantities;
    final int[] totals;
    final int[] orderDates;
    final int[] exFactoryDates;
    final int[] arrivalDates;
    final byte[] statuses;
    final byte[] trackings;
    final byte[] activities;
    int count;

    OrderBatch(int capacity) {
        keys = new long[Level.values().length][capacity];
        orderNumbers = new long[capacity];
        uuidHigh = new long[capacity];
        uuidLow = new long[capacity];
        customers = new byte[capacity];
        colours = new byte[capacity];
        styles = new short[capacity];
        sizeRanges = new byte[capacity];
        firstSizes = new byte[capacity];
        sizesUsed = new byte[capacity];
        quantities = new int[capacity * SizeRanges.MOST_SIZES];
        totals = new int[capacity];
        orderDates = new int[capacity];
        exFactoryDates = new int[capacity];
        arrivalDates = new int[capacity];
        statuses = new byte[capacity];
        trackings = new byte[capacity];
        activities = new byte[capacity];
    }

    void add(OrderLine line) {
        int row = count++;
        for (int level = 0; level < keys.length; level++) {
            keys[level][row] = line.keys[level];
        }
        orderNumbers[row] = line.orderNumber;
        uuidHigh[row] = line.uuidHigh;
        uuidLow[row] = line.uuidLow;
        customers[row] = (byte) line.customer;
        colours[row] = (byte) line.colour;
        styles[row] = (short) line.style;
        sizeRanges[row] = (byte) line.sizeRange;
        firstSizes[row] = (byte) line.firstSize;
        sizesUsed[row] = (byte) line.sizesUsed;
        System.arraycopy(line.quantities, 0, quantities, row * SizeRanges.MOST_SIZES, SizeRanges.MOST_SIZES);
        totals[row] = line.totalQuantity();
        orderDates[row] = line.orderDate;
        exFactoryDates[row] = line.exFactoryDate;
        arrivalDates[row] = line.arrivalDate;
        statuses[row] = (byte) line.status;
        trackings[row] = (byte) line.tracking;
        activities[row] = (byte) line.activity;
    }

    long[] keys(Level level) {
        return keys[level.ordinal()];
    }
}
