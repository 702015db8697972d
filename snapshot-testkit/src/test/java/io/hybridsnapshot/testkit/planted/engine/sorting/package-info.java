/** Allowed: the one planted package that tells what may be null. */
@NullMarked
package io.hybridsnapshot.testkit.planted.engine.sorting;

import org.jspecify.annotations.NullMarked;
