/**
 * The domain of hybrid snapshots: the model and the ports, without a database, a file format or a framework. Its
 * packages are the steps of the data's way: {@code source} → {@code batch} → {@code encoding} → {@code window} and
 * {@code codec} → {@code archive}; {@code delta} holds the changes between two snapshots, {@code retention} decides
 * what is kept. The engine's use cases tie the steps together.
 */
package io.hybridsnapshot.domain;
