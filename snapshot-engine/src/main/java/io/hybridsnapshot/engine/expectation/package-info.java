/**
 * Expectations of the changes between two states: rules such as {@code changed <= 5%}, their reading and their checking.
 * Reads what a comparison found; feeds the comparison's report and the guards of a save.
 */
@NullMarked
package io.hybridsnapshot.engine.expectation;

import org.jspecify.annotations.NullMarked;
