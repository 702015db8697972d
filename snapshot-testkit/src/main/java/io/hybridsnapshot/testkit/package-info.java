/**
 * The kit for teams that write an adapter. One contract per port ({@code contract}), in-memory adapters that pass the
 * contracts ({@code memory}), makers of rows with every edge value ({@code data}), and the rules of the architecture
 * ({@code architecture}).
 */
@NullMarked
package io.hybridsnapshot.testkit;

import org.jspecify.annotations.NullMarked;
