package io.hybridsnapshot.samples;

import static io.hybridsnapshot.samples.Level.COLOUR;
import static io.hybridsnapshot.samples.Level.CUSTOMER;
import static io.hybridsnapshot.samples.Level.ORDER;
import static io.hybridsnapshot.samples.Level.ROW;
import static io.hybridsnapshot.samples.Level.STYLE;

import io.hybridsnapshot.domain.schema.Column;
import io.hybridsnapshot.domain.schema.Schema;
import java.util.HashMap;
import java.util.Map;

/** How each column of ORDERS_UNIFIED is made, by name. */
final class OrdersColumns {
    private static final Map<String, CellMaker> MAKERS = makers();

    private OrdersColumns() {}

    /** The makers of a schema's columns, in its order. */
    static CellMaker[] makersOf(Schema schema) {
        CellMaker[] makers = new CellMaker[schema.size()];
        for (int i = 0; i < makers.length; i++) {
            Column column = schema.column(i);
            makers[i] = MAKERS.get(column.name());
            if (makers[i] == null) {
                throw new IllegalStateException("nothing makes the column '" + column.name() + "'");
            }
        }
        return makers;
    }

    private static Map<String, CellMaker> makers() {
        Map<String, CellMaker> makers = new HashMap<>();
        SizeRanges.sizeColumns(OrdersUnified.SCHEMA).forEach(size -> makers.put(size, Cells.size(size)));
        SizeRanges.TOTALS.forEach(total -> makers.put(total, Cells.total()));
        identity(makers);
        product(makers);
        codes(makers);
        delivery(makers);
        checks(makers);
        prices(makers);
        return makers;
    }

    private static void identity(Map<String, CellMaker> to) {
        to.put("record_uuid", Cells.uuid());
        to.put("AAG ORDER NUMBER", Cells.orderNumber());
        to.put("CUSTOMER NAME", Cells.customerName());
        to.put("CUSTOMER CODE", Cells.code(CUSTOMER, "customer", 20, "", 5));
        to.put("CUSTOMER STYLE", Cells.style(10));
        to.put("CUSTOMER COLOUR DESCRIPTION", Cells.colour(40));
        to.put("ORDER DATE PO RECEIVED", Cells.orderDate());
        to.put("PO NUMBER", Cells.code(ORDER, "po", 80, "45", 8));
        to.put("CUSTOMER ALT PO", Cells.code(ORDER, "alt po", 500, "ALT-", 6));
        to.put("CO NUMBER - INITIAL DISTRO", Cells.code(ORDER, "co initial", 400, "CO", 8));
        to.put("CO NUMBER (INITIAL DISTRO)", Cells.code(ORDER, "co initial", 500, "CO", 8));
        to.put("CO NUMBER - ALLOCATION DISTRO", Cells.code(ORDER, "co allocation", 600, "CO", 8));
        to.put("CO NUMBER (ALLOCATION DISTRO)", Cells.code(ORDER, "co allocation", 700, "CO", 8));
        to.put("BULK AGREEMENT NUMBER", Cells.code(ORDER, "bulk agreement", 650, "BA-", 6));
        to.put(
                "BULK AGREEMENT DESCRIPTION",
                Cells.sentence(ORDER, "bulk agreement", 650, Words.AGREEMENTS, Words.AGREED, Words.AGREED_FOR));
        to.put("ADID", Cells.code(ORDER, "adid", 400, "", 6));
        to.put("ACTIVE", Cells.activity());
        to.put("All", Cells.pick(ROW, "all", 960, Words.ALL));
        to.put("Multiple Items", Cells.pick(ROW, "multiple", 990, Words.MULTIPLE));
    }

    private static void product(Map<String, CellMaker> to) {
        to.put("AAG SEASON", Cells.pick(ORDER, "season", 10, Words.SEASONS));
        to.put("AAG SEASON CODE", Cells.pick(ORDER, "season", 20, Words.SEASON_CODES));
        to.put("CUSTOMER SEASON", Cells.pick(ORDER, "customer season", 100, Words.CUSTOMER_SEASONS));
        to.put("DROP", Cells.pick(ORDER, "drop", 300, Words.DROPS));
        to.put("MONTH", Cells.pick(ORDER, "month", 120, Words.MONTHS));
        to.put("RANGE / COLLECTION", Cells.pick(STYLE, "range", 200, Words.RANGES));
        to.put("PROMO GROUP / CAMPAIGN (HOT 30/GLOBAL EDIT", Cells.pick(ORDER, "promo", 850, Words.PROMOTIONS));
        to.put("CATEGORY", Cells.pick(STYLE, "category", 20, Words.CATEGORIES));
        to.put("PATTERN ID", Cells.code(STYLE, "pattern", 220, "PTN-", 5));
        to.put("MAKE OR BUY", Cells.pick(STYLE, "make or buy", 30, Words.MAKE_OR_BUY));
        to.put("PLANNER", Cells.pick(CUSTOMER, "planner", 20, Words.PLANNERS));
        to.put("PLANNER2", Cells.pick(ORDER, "planner 2", 500, Words.PLANNERS));
        to.put("ALIAS/RELATED ITEM", Cells.code(STYLE, "alias", 450, "AAG", 7));
        to.put("PRICING ALIAS/RELATED ITEM", Cells.code(STYLE, "alias", 450, "AAG", 7));
        to.put("ORIGINAL ALIAS/RELATED ITEM", Cells.code(STYLE, "original alias", 600, "AAG", 7));
        to.put("Longson Alias", Cells.code(STYLE, "longson", 700, "LSN", 6));
        to.put(
                "CUSTOMER'S COLOUR CODE (CUSTOM FIELD) CUSTOMER PROVIDES THIS",
                Cells.code(COLOUR, "customer colour", 120, "", 3));
        to.put(
                "STYLE DESCRIPTION",
                Cells.sentence(STYLE, "description", 10, Words.WEARERS, Words.MAKES, Words.GARMENTS));
    }

    private static void codes(Map<String, CellMaker> to) {
        to.put("FACILITY CODE", Cells.pick(ORDER, "facility", 40, Words.FACILITIES));
        to.put("MAKE/BUY CODE", Cells.pick(STYLE, "make or buy", 80, Words.MAKE_OR_BUY_CODES));
        to.put("INFOR MAKE/BUY CODE", Cells.pick(STYLE, "make or buy", 250, Words.MAKE_OR_BUY_CODES));
        to.put("ITEM TYPE CODE", Cells.pick(STYLE, "item type", 80, Words.ITEM_TYPES));
        to.put("INFOR ITEM TYPE CODE", Cells.pick(STYLE, "item type", 250, Words.ITEM_TYPES));
        to.put("PRODUCT GROUP CODE", Cells.pick(STYLE, "product group", 80, Words.PRODUCT_GROUPS));
        to.put("INFOR PRODUCT GROUP CODE", Cells.pick(STYLE, "product group", 250, Words.PRODUCT_GROUPS));
        to.put("ITEM GROUP CODE", Cells.pick(STYLE, "item group", 80, Words.ITEM_GROUPS));
        to.put("INFOR ITEM GROUP CODE", Cells.pick(STYLE, "item group", 250, Words.ITEM_GROUPS));
        to.put("GENDER GROUP CODE", Cells.pick(STYLE, "gender", 60, Words.GENDERS));
        to.put("INFOR GENDER GROUP CODE", Cells.pick(STYLE, "gender", 250, Words.GENDERS));
        to.put("FABRIC TYPE CODE", Cells.pick(STYLE, "fabric", 100, Words.FABRICS));
        to.put("INFOR FABRIC TYPE CODE", Cells.pick(STYLE, "fabric", 250, Words.FABRICS));
        to.put("INFOR COLOUR CODE", Cells.code(COLOUR, "infor colour", 250, "C", 3));
        to.put("UNIT OF MEASURE", Cells.pick(STYLE, "unit", 5, Words.UNITS));
        to.put("Warehouse", Cells.pick(ORDER, "warehouse", 120, Words.STORES));
        to.put("ORTP (ORDER TYPE)", Cells.pick(ORDER, "order type", 60, Words.ORDER_TYPE_CODES));
        to.put("BUAR (BUSINESS AREA UNIT)", Cells.pick(CUSTOMER, "area", 40, Words.AREAS));
    }

    private static void delivery(Map<String, CellMaker> to) {
        to.put("ORDER TYPE", Cells.pick(ORDER, "order type", 10, Words.ORDER_TYPES));
        to.put("DESTINATION", Cells.pick(ORDER, "destination", 30, Words.DESTINATIONS));
        to.put("DESTINATION WAREHOUSE", Cells.pick(ORDER, "destination warehouse", 220, Words.WAREHOUSES));
        to.put("ALLOCATION (CHANNEL)", Cells.pick(ROW, "channel", 300, Words.CHANNELS));
        to.put("SHOP NAME", Cells.pick(ROW, "shop", 880, Words.SHOPS));
        to.put("SHOP CODE", Cells.code(ROW, "shop", 880, "SH", 3));
        to.put("COLLECTION DELIVERY", Cells.pick(ORDER, "collection", 350, Words.COLLECTIONS));
        to.put("TRACKING NUMBER", Cells.tracking());
        to.put("ETA CUSTOMER WAREHOUSE DATE", Cells.arrivalDate());
        to.put("EX FACTORY DATE", Cells.exFactoryDate());
        to.put("DELIVERY TERMS", Cells.pick(CUSTOMER, "terms", 20, Words.TERMS));
        to.put("PLANNED DELIVERY METHOD", Cells.pick(ORDER, "method", 60, Words.METHODS));
        to.put("DELIVERY CODE (MODL)", Cells.pick(ORDER, "method", 100, Words.METHOD_CODES));
        to.put("NOTES", Cells.sentence(ROW, "notes", 560, Words.NOTE_STARTS, Words.NOTE_JOINTS, Words.NOTE_ENDS));
    }

    private static void checks(Map<String, CellMaker> to) {
        to.put("VALIDATION", Cells.status());
        to.put("VALIDATION2", Cells.pick(ROW, "validation 2", 740, Words.CHECKS));
        to.put("VALIDATION3", Cells.pick(ROW, "validation 3", 880, Words.CHECKS));
        to.put("VALIDATION4", Cells.pick(ROW, "validation 4", 950, Words.CHECKS));
        to.put("Delta", Cells.code(ROW, "delta", 600, "-", 2));
    }

    private static void prices(Map<String, CellMaker> to) {
        to.put("CUSTOMER PRICE", Cells.amount(STYLE, "customer price", 120, "", 650, 4_800, ""));
        to.put("USA ONLY LSTP 75% EX WORKS", Cells.amount(STYLE, "lstp", 550, "", 480, 3_600, ""));
        to.put("EX WORKS (USD)", Cells.amount(STYLE, "ex works", 150, "", 600, 4_500, ""));
        to.put("ADMINISTRATION FEE", Cells.amount(CUSTOMER, "administration", 700, "", 5, 60, ""));
        to.put("DESIGN FEE", Cells.amount(STYLE, "design", 840, "", 10, 150, ""));
        to.put("FX CHARGE", Cells.amount(ORDER, "fx", 840, "", 1, 40, ""));
        to.put("HANDLING", Cells.amount(CUSTOMER, "handling", 700, "", 5, 35, ""));
        to.put("PNP", Cells.amount(ORDER, "pnp", 840, "", 10, 90, ""));
        to.put("SURCHARGE FEE", Cells.amount(ROW, "surcharge", 840, "", 25, 250, ""));
        to.put("DISCOUNT", Cells.amount(ORDER, "discount", 840, "-", 10, 300, ""));
        to.put("FINAL FOB (USD)", Cells.amount(STYLE, "final fob", 100, "$", 650, 4_900, ""));
        to.put("HS CODE", Cells.pick(STYLE, "hs code", 220, Words.HARMONISED));
        to.put("US DUTY RATE", Cells.pick(STYLE, "us duty rate", 300, Words.DUTIES));
        to.put("US DUTY", Cells.amount(STYLE, "us duty", 300, "", 50, 900, ""));
        to.put("FREIGHT", Cells.amount(STYLE, "freight", 250, "", 20, 180, ""));
        to.put("US TARIFF RATE", Cells.pick(STYLE, "us tariff rate", 430, Words.TARIFFS));
        to.put("US TARIFF", Cells.amount(STYLE, "us tariff", 430, "", 10, 500, ""));
        to.put("DDP US (USD)", Cells.amount(STYLE, "ddp us", 250, "$", 900, 7_500, ""));
        to.put("UK DUTY RATE", Cells.pick(STYLE, "uk duty rate", 590, Words.EUROPEAN_DUTIES));
        to.put("UK FREIGHT", Cells.amount(STYLE, "uk freight", 590, "£", 20, 160, ""));
        to.put("UK INSURANCE", Cells.amount(STYLE, "uk insurance", 590, "£", 1, 20, ""));
        to.put("UK CIF", Cells.amount(STYLE, "uk cif", 590, "£", 700, 5_200, ""));
        to.put("UK DUTY", Cells.amount(STYLE, "uk duty", 590, "£", 80, 620, ""));
        to.put("DDP UK (USD)", Cells.amount(STYLE, "ddp uk", 590, "$", 900, 6_500, ""));
        to.put("CAN DUTY RATE", Cells.pick(STYLE, "can duty rate", 700, Words.CANADIAN_DUTIES));
        to.put("CAN DUTY", Cells.amount(STYLE, "can duty", 700, "", 100, 900, " CAD"));
        to.put("DDP CAN (USD)", Cells.amount(STYLE, "ddp can", 700, "$", 900, 6_900, ""));
        to.put("SMS PRICE USD", Cells.amount(STYLE, "sms price", 600, "", 1_000, 9_900, ""));
        to.put("FINAL PRICES Y/N", Cells.pick(STYLE, "final prices", 80, Words.YES_OR_NO));
        to.put(
                "NOTES FOR PRICE",
                Cells.sentence(STYLE, "price notes", 800, Words.PRICE_STARTS, Words.PRICE_MIDDLES, Words.PRICE_ENDS));
        to.put(
                "PRICING NOTES",
                Cells.sentence(STYLE, "pricing notes", 830, Words.PRICE_STARTS, Words.PRICE_MIDDLES, Words.PRICE_ENDS));
    }
}
