/** The user's declaration of a table: identity, carried columns, partition, hash rules, guards and retention. */
package io.hybridsnapshot.domain.dataset;
