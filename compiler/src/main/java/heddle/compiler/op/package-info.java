/** The primitive operations of graphs, one record a file: shape inference, meaning, and index arithmetic. */
package heddle.compiler.op;
