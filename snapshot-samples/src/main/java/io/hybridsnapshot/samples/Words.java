package io.hybridsnapshot.samples;

/**
 * The texts that orders are made of. Customers are invented but for the one that the reference documents use. Among the
 * texts are accents, Japanese, emoji, quotes, commas, apostrophes, blanks at the end and line breaks, as people type
 * them.
 */
final class Words {
    static final int STYLES_A_CUSTOMER = 300;

    /** The most frequent first. */
    static final Phrases CUSTOMERS = Phrases.of(
            "GREYSON",
            "JONES & OAK",
            "NORTHWIND GOLF",
            "MÜLLER & SÖHNE",
            "CAFÉ RACER",
            "O'HARA SPORT",
            "BLUE HERON",
            "LINKS HOUSE, LTD.",
            "東京スポーツ",
            "VELVET FOX",
            "PEÑA HERMANOS",
            "ATLAS TRAIL",
            "HARBOUR & CO",
            "SILVER BIRCH",
            "THE \"19TH\" HOLE",
            "KØBENHAVN STUDIO",
            "RED KITE",
            "MAPLE LANE",
            "ÉCLAIR PARIS",
            "FAIRWAY FIVE",
            "COASTLINE",
            "LITTLE ACORNS",
            "ŁÓDŹ ATELIER",
            "STONE & FERN",
            "PALM AVENUE",
            "WREN",
            "IRONBARK",
            "DÜNE",
            "SUNDAY LEAGUE",
            "QUARTZ PERFORMANCE",
            "MERIDIAN",
            "OLD MILL 1894",
            "TIDE",
            "SNÆFELL OUTDOOR",
            "BONNIE DOON",
            "CANYON CLUB",
            "PRAIRIE ROSE",
            "ALBA",
            "FOX/HOUND",
            "KITE & KEEL",
            "大阪ゴルフ倶楽部",
            "LUNA PIENA",
            "ROWAN TREE",
            "ZEPHYR");

    /** Three letters of each customer, in the same order. */
    static final Phrases CUSTOMER_CODES = Phrases.of(
            "GRE", "JOO", "NWG", "MUS", "CAF", "OHS", "BLH", "LHL", "TKS", "VFX", "PEN", "ATL", "HCO", "SBI", "T19",
            "KBH", "RKI", "MLN", "ECL", "FF5", "CST", "LAC", "LOD", "STF", "PLM", "WRN", "IRB", "DUN", "SUL", "QTZ",
            "MER", "OLD", "TDE", "SNA", "BON", "CAN", "PRA", "ALB", "FXH", "KKL", "OSK", "LUN", "ROW", "ZEP");

    static final Phrases COLOURS = Phrases.of(
            "BLACK",
            "WHITE",
            "NAVY",
            "HEATHER GREY",
            "HEATHER GREY ",
            "CHARCOAL",
            "STONE",
            "KHAKI",
            "OLIVE",
            "FOREST",
            "BOTTLE GREEN",
            "MINT",
            "SAGE",
            "SKY",
            "CAROLINA BLUE",
            "ROYAL",
            "COBALT",
            "INDIGO",
            "藍色 / INDIGO",
            "DENIM, WASHED",
            "DENIM, RAW",
            "TEAL",
            "AQUA",
            "TURQUOISE",
            "LILAC",
            "LAVENDER",
            "PLUM",
            "AUBERGINE",
            "BURGUNDY",
            "WINE",
            "RED",
            "SCARLET",
            "CORAL",
            "SALMON",
            "ROSÉ",
            "BLUSH",
            "HOT PINK",
            "桜 PINK",
            "ORANGE",
            "RUST",
            "TERRACOTTA",
            "MUSTARD",
            "YELLOW",
            "LEMON",
            "CRÈME",
            "IVORY",
            "ECRU",
            "CAFÉ AU LAIT",
            "CAMEL",
            "TAN",
            "CHOCOLATE",
            "MOCHA",
            "SILVER",
            "GOLD",
            "NAVY/WHITE STRIPE",
            "BLACK/GREY CAMO",
            "GRÜN MELANGE",
            "\"MIDNIGHT\" BLUE",
            "ADAM'S NAVY",
            "SMOKE",
            "ARCTIC",
            "MALTÈSE BLUE",
            "SHEPHERD",
            "DOVE");

    /** How far the checks of an order are; a state after the last is none. */
    static final Phrases STATUSES =
            Phrases.of("OK", "CHECK PRICE", "CHECK QTY", "AWAITING PO", "ON HOLD, SEE NOTES", "CONFIRMED ✓");

    static final Phrases ACTIVITIES = Phrases.of("ACTIVE", "INACTIVE");

    static final Phrases SEASONS =
            Phrases.of("FW24", "SS25", "FW25", "FW25", "SS26", "SS26", "SS26", "FW26", "FW26", "RESORT 26");
    static final Phrases SEASON_CODES =
            Phrases.of("24F", "25S", "25F", "25F", "26S", "26S", "26S", "26F", "26F", "26R");
    static final Phrases CUSTOMER_SEASONS = Phrases.of(
            "SPRING '25",
            "FALL '25",
            "HOLIDAY 2025",
            "SPRING '26",
            "SUMMER '26",
            "FALL '26",
            "PRE-FALL 26",
            "ÉTÉ 2026",
            "2026 春夏",
            "CORE / ALWAYS ON");
    static final Phrases DROPS = Phrases.of("DROP 1", "DROP 2", "DROP 3", "DROP 4", "LATE ADD");
    static final Phrases MONTHS =
            Phrases.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    static final Phrases RANGES = Phrases.of(
            "CORE",
            "TOUR",
            "HERITAGE",
            "ÉLITE",
            "WEEKENDER",
            "NIGHT GOLF",
            "MEMBER'S ONLY",
            "CLUBHOUSE",
            "TRAVEL",
            "RAIN OR SHINE",
            "YOUTH",
            "COLLEGIATE",
            "LIMITED \"ACE\"",
            "侍 CAPSULE");
    static final Phrases PROMOTIONS = Phrases.of("HOT 30", "GLOBAL EDIT", "FATHER'S DAY", "BLACK FRIDAY");
    static final Phrases CATEGORIES = Phrases.of(
            "POLOS",
            "POLOS",
            "TEES",
            "OUTERWEAR",
            "MID LAYER",
            "BOTTOMS",
            "SHORTS",
            "DRESSES",
            "SKIRTS & SKORTS",
            "BASE LAYER",
            "UNDERWEAR",
            "KIDS");
    static final Phrases MAKE_OR_BUY = Phrases.of("MAKE", "MAKE", "BUY");
    static final Phrases MAKE_OR_BUY_CODES = Phrases.of("1", "1", "2");
    static final Phrases PLANNERS = Phrases.of(
            "ANA SILVA",
            "BENOÎT MARCHAND",
            "CHLOE O'NEIL",
            "DMITRI K.",
            "佐藤 ゆき",
            "EMRE YILDIZ",
            "FRANÇOISE PETIT",
            "GRACE LIM",
            "HÅKON BERG",
            "INÉS NÚÑEZ");
    static final Phrases ALL = Phrases.of("All");
    static final Phrases MULTIPLE = Phrases.of("Multiple Items");
    static final Phrases FACILITIES = Phrases.of("CN1", "CN1", "CN2", "VN1", "VN3", "PE1", "TR1");
    static final Phrases ITEM_TYPES = Phrases.of("FG", "FG", "FG", "SA", "PK");
    static final Phrases PRODUCT_GROUPS = Phrases.of("KNIT", "WOVN", "SWTR", "OUTW", "ACCS");
    static final Phrases ITEM_GROUPS = Phrases.of("TOPS", "BTMS", "OUTR", "UNDR", "DRSS", "KIDS");
    static final Phrases GENDERS = Phrases.of("M", "M", "W", "W", "U", "B", "G");
    static final Phrases FABRICS = Phrases.of("JRS", "PIQ", "FRT", "INT", "TWL", "POP", "RIB", "SFT", "WVN");
    static final Phrases UNITS = Phrases.of("PCS", "PCS", "PCS", "PCS", "PCS", "SET", "PK2");

    static final Phrases WEARERS = Phrases.of(
            "MEN'S ",
            "WOMEN'S ",
            "YOUTH ",
            "UNISEX ",
            "GIRLS' ",
            "BOYS' ",
            "MEN'S BIG & TALL ",
            "TODDLER ",
            "LADIES' ");
    static final Phrases MAKES = Phrases.of(
            "PIQUÉ ",
            "SLIM-FIT ",
            "BRUSHED JERSEY ",
            "4-WAY STRETCH ",
            "CASHMERE BLEND ",
            "\"COOL-DRY\" ",
            "FRENCH TERRY ",
            "RECYCLED POLY, LINED ",
            "SEERSUCKER ",
            "WAFFLE KNIT ",
            "JACQUARD ",
            "MERINO ",
            "100% COTTON ",
            "日本製 SELVEDGE ");
    static final Phrases GARMENTS = Phrases.of(
            "POLO",
            "1/4 ZIP",
            "1/2 ZIP, HOODED",
            "TEE",
            "CREWNECK",
            "VEST",
            "JACKET",
            "CHINO",
            "SHORT 9\"",
            "SHORT 7\"",
            "SKORT",
            "DRESS",
            "HOODIE",
            "JOGGER",
            "LEGGING 7/8",
            "BODYSUIT",
            "BRALETTE",
            "CARDIGAN",
            "RUGBY, LONG SLEEVE",
            "TANK");

    static final Phrases AGREEMENTS = Phrases.of("BULK ", "CALL-OFF ", "RESERVE ", "RE-BUY ");
    static final Phrases AGREED = Phrases.of("FABRIC, ", "GREIGE, ", "YARN & TRIM, ", "BLANK GARMENTS, ");
    static final Phrases AGREED_FOR = Phrases.of("SPRING", "SUMMER", "FALL", "HOLIDAY", "REPLENISHMENT", "ÉTÉ");

    static final Phrases ORDER_TYPES =
            Phrases.of("BULK", "BULK", "BULK", "BULK", "REORDER", "SMS", "CHASE", "PHOTO SAMPLE");
    static final Phrases ORDER_TYPE_CODES = Phrases.of("B01", "B01", "B01", "B01", "R01", "S01", "C01", "P01");
    static final Phrases DESTINATIONS =
            Phrases.of("USA", "USA", "USA", "UK", "UK", "CANADA", "GERMANY", "JAPAN 日本", "AUSTRALIA", "CÔTE D'IVOIRE");
    static final Phrases WAREHOUSES = Phrases.of(
            "DALLAS DC",
            "LOS ANGELES 3PL",
            "NEW JERSEY, DOCK 4",
            "LIVERPOOL",
            "ROTTERDAM",
            "DÜSSELDORF",
            "TORONTO",
            "大阪倉庫");
    static final Phrases CHANNELS = Phrases.of("DTC", "WHOLESALE", "WHOLESALE", "RETAIL", "E-COM", "GREEN GRASS");
    static final Phrases SHOPS = Phrases.of(
            "PEBBLE SHORE PRO SHOP",
            "THE CLUB @ OAK RUN",
            "ST. ANNE'S LINKS",
            "AIRPORT T2",
            "OUTLET #14",
            "BOUTIQUE RÉPUBLIQUE");
    static final Phrases COLLECTIONS = Phrases.of("1ST DELIVERY", "2ND DELIVERY", "3RD DELIVERY", "AT ONCE");
    static final Phrases TERMS = Phrases.of("FOB", "FOB", "FOB", "DDP", "DDP", "EXW", "CIF");
    static final Phrases METHODS = Phrases.of("SEA", "SEA", "SEA", "AIR", "COURIER", "SEA/AIR", "TRUCK");
    static final Phrases METHOD_CODES = Phrases.of("10", "10", "10", "20", "30", "25", "40");

    static final Phrases NOTE_STARTS = Phrases.of(
            "SPLIT SHIPMENT",
            "RUSH",
            "DO NOT SHIP BEFORE ETA",
            "LABELS: \"MADE IN PERU\"",
            "REPLACES PREVIOUS PO",
            "HANGTAG TBC",
            "CUSTOMER'S OWN TRIMS",
            "PRE-TICKETED",
            "WAIT FOR LAB DIP",
            "POLYBAG, 12 PER CARTON",
            "✈️ AIR IF LATE",
            "REWORK",
            "承認待ち",
            "FOLD WITH TISSUE",
            "Größe M fehlt",
            "COLOUR \"ROSÉ\" TO FOLLOW");
    static final Phrases NOTE_JOINTS =
            Phrases.of(", ", "; ", " - ", " / ", ". ", "\n", "\r\n", " – ", ", THEN ", ".  ", " AND ", " (", ": ");
    static final Phrases NOTE_ENDS = Phrases.of(
            "SEE EMAIL",
            "ASK \"KIM\" FIRST",
            "OK PER PLANNER",
            "CARTONS A, B, C",
            "don't consolidate",
            "NO SUBSTITUTES!",
            "👍",
            "🚢 ETD TBC",
            "PAY 50% DEPOSIT",
            "2ND QC NEEDED",
            "合計を確認",
            "à vérifier",
            "confirmed by phone,\nin writing later",
            "TBC",
            "QTY FINAL",
            "C/O O'BRIEN");

    static final Phrases CHECKS = Phrases.of("OK", "OK", "MISSING", "N/A", "#N/A", "DUPLICATE?");
    static final Phrases HARMONISED = Phrases.of(
            "6105100010",
            "6105202010",
            "6109100012",
            "6109901007",
            "6110202079",
            "6110303053",
            "6203424511",
            "6204624511",
            "6101200010",
            "6104632006",
            "6212109020");
    static final Phrases DUTIES = Phrases.of("16.5%", "19.7%", "32%", "16%", "28.2%", "5.6%", "0%", "14.9%");
    static final Phrases TARIFFS = Phrases.of("10%", "20%", "7.5%", "0%", "19%");
    static final Phrases EUROPEAN_DUTIES = Phrases.of("12%", "12%", "0%", "9.6%");
    static final Phrases CANADIAN_DUTIES = Phrases.of("18%", "18%", "17%", "0%");
    static final Phrases YES_OR_NO = Phrases.of("Y", "Y", "Y", "N");
    static final Phrases PRICE_STARTS = Phrases.of("PRICE ", "FOB ", "SURCHARGE ", "MOQ ", "PRIX ", "REBATE ");
    static final Phrases PRICE_MIDDLES =
            Phrases.of("HELD ", "UNDER REVIEW, ", "AGREED ", "\"EST.\" ", "+5% ", "à confirmer, ");
    static final Phrases PRICE_ENDS =
            Phrases.of("UNTIL JUNE", "SMALL RUN", "PER SMS", "PER\nEMAIL", "2026", "INCL. DUTY", "1,200 PCS", "価格表参照");
    static final Phrases STORES = Phrases.of("W01", "W01", "W02", "W07", "WX9");
    static final Phrases AREAS = Phrases.of("NA", "NA", "EU", "APAC", "ROW");

    private static final byte[] CUSTOMER_OF_DRAW = customerOfDraw();

    private Words() {}

    /** The customer that a draw falls on; the one of rank r (from 0) about in proportion to 1 / (r + 2). */
    static int customer(long draw) {
        return CUSTOMER_OF_DRAW[(int) (draw & CUSTOMER_OF_DRAW.length - 1)];
    }

    private static byte[] customerOfDraw() {
        if (CUSTOMERS.size() != CUSTOMER_CODES.size()) {
            throw new IllegalStateException(CUSTOMERS.size() + " customers, " + CUSTOMER_CODES.size() + " codes");
        }
        double whole = 0;
        for (int rank = 0; rank < CUSTOMERS.size(); rank++) {
            whole += 1.0 / (rank + 2);
        }
        byte[] customers = new byte[4_096];
        double upTo = 0;
        int at = 0;
        for (int rank = 0; rank < CUSTOMERS.size(); rank++) {
            upTo += 1.0 / (rank + 2);
            for (; at < customers.length * upTo / whole - 0.5; at++) {
                customers[at] = (byte) rank;
            }
        }
        return customers;
    }
}
