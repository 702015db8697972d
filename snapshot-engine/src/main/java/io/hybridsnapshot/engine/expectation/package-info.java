/**
 * Expectations of the changes between two states: rules such as {@code changed <= 5%}, read from texts and checked.
 * Reads the results of a comparison; feeds its report and the guards of a save.
 */
@NullMarked
package io.hybridsnapshot.engine.expectation;

import org.jspecify.annotations.NullMarked;
