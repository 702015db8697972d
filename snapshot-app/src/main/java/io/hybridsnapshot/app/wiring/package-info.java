/**
 * Assembles the adapters and the use cases by constructors. An embedder does the same in ten lines
 * ({@code docs/how-to/embed.md}).
 */
package io.hybridsnapshot.app.wiring;
