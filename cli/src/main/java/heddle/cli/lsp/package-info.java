/**
 * The language server. One {@link heddle.cli.lsp.Analysis} of each version of a document answers all requests; each feature
 * is a class that reads it.
 */
package heddle.cli.lsp;
