/** The syntax tree: expressions, types and statements as written, each with its place in the source. */
package heddle.dsl.ast;
