/** What became of a batch: the report as text, as JSON, and as a page for owner and insurer. */
package io.reseal.cli.report;
