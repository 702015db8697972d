/**
 * Reports of a comparison as files for people: a self-contained page, Markdown, an Excel workbook, CSV. Reads the
 * report and the rows of the engine's comparisons; feeds no other package.
 */
@NullMarked
package io.hybridsnapshot.report;

import org.jspecify.annotations.NullMarked;
