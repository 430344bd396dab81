/** The formatter. */
package heddle.dsl.format;
