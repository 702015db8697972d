package io.hybridsnapshot.csv;

/**
 * A CSV file, or a stream of one, that is whole.
 *
 * @param rowCount the rows in it, the header aside
 * @param size bytes of the file (compressed where it is), or bytes that went into the stream
 */
public record WrittenCsv(long rowCount, long size) {}
