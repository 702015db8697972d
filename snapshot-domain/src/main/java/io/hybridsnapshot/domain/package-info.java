/**
 * The domain of hybrid snapshots: rows, hashes, deltas, windows and archives, without a database, a file format or a
 * framework. Its packages are the steps of the data's way: {@code source} → {@code batch} → {@code encoding} → {@code
 * window} and {@code codec} → {@code archive}; {@code delta} compares, {@code usecase} ties the steps together.
 */
package io.hybridsnapshot.domain;
