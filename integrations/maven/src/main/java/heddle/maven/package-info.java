/** {@code maven:} addresses: weights and tokenizers out of Maven repositories. */
package heddle.maven;
