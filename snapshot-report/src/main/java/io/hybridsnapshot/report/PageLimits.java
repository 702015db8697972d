package io.hybridsnapshot.report;

/**
 * The most rows that a page holds. Each kind of change has its share, so that many changed rows leave room for added
 * ones. Immutable.
 *
 * @param rows the most rows; 1 or more
 * @param bytes about how many bytes of rows the page holds at most; 1 or more
 */
public record PageLimits(int rows, long bytes) {
    /** 10,000 rows, 20 MB: a page that a browser opens within a second or two. */
    public static final PageLimits DEFAULT = new PageLimits(10_000, 20_000_000);

    public PageLimits {
        if (rows < 1 || bytes < 1) {
            throw new IllegalArgumentException(rows + " rows, " + bytes + " bytes");
        }
    }
}
