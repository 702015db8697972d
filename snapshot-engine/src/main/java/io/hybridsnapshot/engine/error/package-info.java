/**
 * The remedies that the engine's texts refer to. Depends on the domain alone; every package of the engine may use it.
 */
@NullMarked
package io.hybridsnapshot.engine.error;

import org.jspecify.annotations.NullMarked;
