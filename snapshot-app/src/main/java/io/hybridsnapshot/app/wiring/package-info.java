/**
 * Assembles the adapters and the use cases. Guice is used only here. An embedder does the same by hand in ten lines
 * ({@code docs/how-to/embed.md}).
 */
package io.hybridsnapshot.app.wiring;
