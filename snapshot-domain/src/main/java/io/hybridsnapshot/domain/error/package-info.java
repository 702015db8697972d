/** The one unchecked error of the platform and its kinds; every other package throws it and none wraps it again. */
package io.hybridsnapshot.domain.error;
