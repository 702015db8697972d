/**
 * The presentation of results: tables and sentences for people, one JSON document for programs. Reads results of the
 * use cases, feeds {@code cli}.
 */
package io.hybridsnapshot.app.report;
