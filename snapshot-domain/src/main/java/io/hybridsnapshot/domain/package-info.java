/**
 * The domain of hybrid snapshots: the model and the ports, without a database, a file format or a framework. Its
 * packages follow the data's way: {@code source} → {@code batch} → {@code encoding} → {@code window} and {@code codec}
 * → {@code archive}. {@code delta} holds the changes between two snapshots; {@code retention} decides which snapshots
 * are kept. The engine's use cases connect these steps.
 */
@NullMarked
package io.hybridsnapshot.domain;

import org.jspecify.annotations.NullMarked;
