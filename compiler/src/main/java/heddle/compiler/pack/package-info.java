/** Lays texts end to end: makes of a graph for texts in rows of their own one for many texts in a row. */
package heddle.compiler.pack;
