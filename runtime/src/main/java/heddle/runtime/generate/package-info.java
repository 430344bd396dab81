/** Writing text with a model that scores the next token. */
package heddle.runtime.generate;
