/** The commands of {@code ./heddle}, their options, and how they print results. */
package heddle.cli;
