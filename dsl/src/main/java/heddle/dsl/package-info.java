/** Recursion on a deep stack, which all modules use. */
package heddle.dsl;
