/** Deliberate violations, next to allowed code. The rules of the architecture must tell the two apart. */
package io.hybridsnapshot.testkit.planted;
