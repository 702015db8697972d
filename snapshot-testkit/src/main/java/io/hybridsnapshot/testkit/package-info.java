/**
 * What a team needs that writes an adapter: one contract per port ({@code contract}), in-memory adapters that pass them ({@code memory}),
 * makers of rows with every edge value ({@code data}) and the architecture's rules ({@code architecture}).
 */
package io.hybridsnapshot.testkit;
