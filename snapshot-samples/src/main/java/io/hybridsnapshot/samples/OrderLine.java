package io.hybridsnapshot.samples;

import java.time.LocalDate;
import java.util.Arrays;

/**
 * One row of the table as it stands on one day: a cursor that is moved from row to row and from day to day. Holds all
 * that can change and all that columns have to agree on; equal states make equal rows, and states that differ make rows
 * that differ. A hot path: mutable, used by one thread.
 */
final class OrderLine {
    /** A date that is NULL. */
    static final int NO_DATE = Integer.MIN_VALUE;

    /** A tracking number that is NULL. */
    static final int NO_TRACKING = -1;

    /** The parts of a row that one change touches, each with the number of columns that it alters. */
    private static final int QUANTITY = 1; // a size and the two totals: 3 columns

    private static final int DATES = 2; // 2 columns
    private static final int STATUS = 4; // 1 column
    private static final int TRACKING = 8; // 1 column
    private static final int ACTIVE = 16; // 1 column

    /** What changes together; never more than three columns. */
    private static final int[] CHANGES = {
        QUANTITY,
        QUANTITY,
        QUANTITY,
        QUANTITY,
        QUANTITY,
        DATES,
        DATES,
        DATES | STATUS,
        DATES | TRACKING,
        STATUS,
        STATUS,
        STATUS,
        TRACKING,
        TRACKING | STATUS,
        ACTIVE,
        ACTIVE | STATUS | TRACKING
    };

    private static final int LINES_AN_ORDER = 3;
    private static final int PACK = 6;
    private static final int TRACKING_NUMBERS = 100;
    private static final int FIRST_ORDER_DATE = (int) LocalDate.of(2024, 7, 1).toEpochDay();
    private static final int ORDER_DATES = 800;

    private static final long COLOUR = Mixer.topic("colour");
    private static final long DATE = Mixer.topic("date");
    private static final long PROGRESS = Mixer.topic("progress");
    private static final long SIZE = Mixer.topic("size");
    private static final long STYLE = Mixer.topic("style");
    private static final long UUID_REST = Mixer.topic("uuid rest");

    private final long rowFamily;
    private final long orderFamily;
    private final long styleFamily;
    private final long colourFamily;
    private final long customerFamily;
    private final long uuidFamily;

    /** The keys that draws for this row, its order, style, colour and customer start from. */
    final long[] keys = new long[Level.values().length];

    final int[] quantities = new int[SizeRanges.MOST_SIZES];
    long orderNumber;
    int customer;
    int style;
    int colour;
    int sizeRange;
    int firstSize;
    int sizesUsed;
    int orderDate;
    int exFactoryDate;
    int arrivalDate;
    int status;
    int tracking;
    int activity;
    long uuidHigh;
    long uuidLow;

    private int plannedExFactoryDate;
    private int plannedArrivalDate;

    OrderLine(long seed) {
        long family = Mixer.draw(Mixer.topic("orders"), seed);
        rowFamily = Mixer.mix(family + 1);
        orderFamily = Mixer.mix(family + 2);
        styleFamily = Mixer.mix(family + 3);
        colourFamily = Mixer.mix(family + 4);
        customerFamily = Mixer.mix(family + 5);
        uuidFamily = Mixer.mix(family + 6);
    }

    /** Moves to a row, as it is on the day it appears. */
    void begin(long id) {
        long row = Mixer.draw(rowFamily, id);
        long order = Mixer.draw(orderFamily, id / LINES_AN_ORDER);
        orderNumber = 1 + id / LINES_AN_ORDER;
        customer = Words.customer(Mixer.mix(order));
        long styleDraw = Mixer.mix(row + STYLE);
        style = Mixer.below(styleDraw, 1 + Mixer.below(styleDraw << 32, Words.STYLES_A_CUSTOMER));
        colour = Mixer.below(Mixer.mix(row + COLOUR), Words.COLOURS.size());
        keys[Level.ROW.ordinal()] = row;
        keys[Level.ORDER.ordinal()] = order;
        keys[Level.STYLE.ordinal()] = Mixer.draw(styleFamily, customer * (long) Words.STYLES_A_CUSTOMER + style);
        keys[Level.COLOUR.ordinal()] = Mixer.draw(colourFamily, colour);
        keys[Level.CUSTOMER.ordinal()] = Mixer.draw(customerFamily, customer);
        beginSizes(order, row);
        beginDates(order, row);
        long progress = Mixer.mix(row + PROGRESS);
        status = Mixer.below(progress, Words.STATUSES.size() + 1);
        tracking = (progress & 0xFF) < 160 ? NO_TRACKING : 0;
        activity = (progress >>> 8 & 0xFF) < 5 ? 0 : (progress >>> 8 & 0xFF) < 20 ? 2 : 1;
        // The 64 bits of a bijection of the id all stay, so that no two rows share an identifier; version and variant
        // bits
        // go where a random UUID (RFC 9562, version 4) has them.
        long unique = Mixer.draw(uuidFamily, id);
        long rest = Mixer.mix(unique + UUID_REST);
        uuidHigh = unique & 0xFFFFFFFF00000000L | rest & 0xFFFF0FFFL | 0x4000L;
        uuidLow = 0x8000000000000000L | rest & 0x3FFFFFFF00000000L | unique & 0xFFFFFFFFL;
    }

    private void beginSizes(long order, long row) {
        long draw = Mixer.mix(order + SIZE);
        sizeRange = SizeRanges.range(draw);
        sizesUsed = SizeRanges.sizesUsed(sizeRange, draw);
        firstSize = SizeRanges.firstSize(sizeRange, sizesUsed, Mixer.mix(draw));
        long packs = Mixer.mix(row + SIZE);
        for (int i = 0; i < quantities.length; i++) {
            // Middle sizes sell best.
            int best = 4 + 4 * Math.min(i + 1, sizesUsed - i);
            quantities[i] = i < sizesUsed ? PACK * (1 + (int) ((packs >>> 8 * i & 0xFF) * best >>> 8)) : 0;
        }
    }

    private void beginDates(long order, long row) {
        long draw = Mixer.mix(order + DATE);
        orderDate = FIRST_ORDER_DATE + Mixer.below(draw, ORDER_DATES);
        long lead = Mixer.mix(row + DATE);
        plannedExFactoryDate = orderDate + 60 + Mixer.below(lead, 90);
        plannedArrivalDate = plannedExFactoryDate + 10 + (int) (lead & 0x1F);
        exFactoryDate = (lead >>> 8 & 0xFF) < 40 ? NO_DATE : plannedExFactoryDate;
        arrivalDate = (lead >>> 16 & 0xFF) < 70 ? NO_DATE : plannedArrivalDate;
    }

    /** Lets one draw change one to three columns, each to another value than it has. */
    void change(long draw) {
        int parts = CHANGES[(int) (draw & 0xF)];
        if ((parts & QUANTITY) != 0) {
            int size = (int) (draw >>> 4 & 0xFF) % sizesUsed;
            int step = PACK * (1 + (int) (draw >>> 12 & 3));
            boolean less = (draw >>> 14 & 1) != 0 && quantities[size] > step;
            quantities[size] += less ? -step : step;
        }
        if ((parts & DATES) != 0) {
            int slip = 1 + (int) (draw >>> 15 & 0xF);
            exFactoryDate = exFactoryDate == NO_DATE ? plannedExFactoryDate : exFactoryDate + slip;
            arrivalDate = arrivalDate == NO_DATE ? plannedArrivalDate : arrivalDate + slip;
        }
        if ((parts & STATUS) != 0) {
            status = (status + 1) % (Words.STATUSES.size() + 1);
        }
        if ((parts & TRACKING) != 0) {
            tracking = (tracking + 1) % TRACKING_NUMBERS;
        }
        if ((parts & ACTIVE) != 0) {
            activity = activity == 1 ? 2 : 1;
        }
    }

    /** Keeps what another cursor on the same row has by way of changes. */
    void copyChanges(OrderLine other) {
        System.arraycopy(other.quantities, 0, quantities, 0, quantities.length);
        exFactoryDate = other.exFactoryDate;
        arrivalDate = other.arrivalDate;
        status = other.status;
        tracking = other.tracking;
        activity = other.activity;
    }

    /** Whether another cursor on the same row stands at equal cells. */
    boolean hasSameCells(OrderLine other) {
        return exFactoryDate == other.exFactoryDate
                && arrivalDate == other.arrivalDate
                && status == other.status
                && tracking == other.tracking
                && activity == other.activity
                && Arrays.equals(quantities, other.quantities);
    }

    int totalQuantity() {
        int total = 0;
        for (int quantity : quantities) {
            total += quantity;
        }
        return total;
    }
}
