/** What commands print and write: tables, JSON, texts, measurements. */
package heddle.cli.report;
