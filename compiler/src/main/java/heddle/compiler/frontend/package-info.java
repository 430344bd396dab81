/** From parsed files to a graph: names, compile-time values, calls, shapes, and messages about all of them. */
package heddle.compiler.frontend;
