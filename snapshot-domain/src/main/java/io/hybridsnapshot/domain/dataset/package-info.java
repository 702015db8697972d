/** The user's declaration of a table: identity, carried columns, partition, hash rules, guards and retention. */
@NullMarked
package io.hybridsnapshot.domain.dataset;

import org.jspecify.annotations.NullMarked;
