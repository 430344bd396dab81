/** Source files and ranges of characters in them. */
package heddle.dsl.source;
