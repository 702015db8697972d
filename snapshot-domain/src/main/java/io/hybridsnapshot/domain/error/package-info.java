/** The one unchecked error of the platform and its kinds; every other package throws it and none wraps it again. */
@NullMarked
package io.hybridsnapshot.domain.error;

import org.jspecify.annotations.NullMarked;
