/** Derives, from a graph that reads a whole text, the graph that reads its next token and keeps keys and values of the others. */
package heddle.compiler.decode;
