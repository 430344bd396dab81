/** Diagnostics: a mistake in the user's input, with its code, place and remedy, and the text that a terminal shows. */
package heddle.dsl.diagnostic;
