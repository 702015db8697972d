package io.hybridsnapshot.csv;

/**
 * A complete CSV file, or a complete stream of CSV.
 *
 * @param rowCount the rows in it, without the header
 * @param size bytes of the file (compressed, if it is), or bytes written to the stream
 */
public record WrittenCsv(long rowCount, long size) {}
