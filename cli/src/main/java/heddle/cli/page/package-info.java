/**
 * The inspector: one HTML file that shows what the compiler did with a model. Java writes sections of JSON, documented in
 * {@code docs/report.md}; the page under {@code resources} draws them.
 */
package heddle.cli.page;
