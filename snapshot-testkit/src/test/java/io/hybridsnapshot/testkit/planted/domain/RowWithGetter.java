package io.hybridsnapshot.testkit.planted.domain;

/** Violates: an accessor with get. The others are as they should be. */
public final class RowWithGetter {
    public String getName() {
        return "";
    }

    public String name() {
        return "";
    }

    public int get(int row) {
        return row;
    }

    public String gettysburg() {
        return "";
    }
}
