/**
 * Providers of adapters: a program finds them with {@link java.util.ServiceLoader}, shows the settings that they
 * accept, and opens them with the user's values. An adapter needs no provider where a program makes it in its own code.
 */
@NullMarked
package io.hybridsnapshot.domain.spi;

import org.jspecify.annotations.NullMarked;
