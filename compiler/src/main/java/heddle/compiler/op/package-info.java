/** The primitive operations of graphs, one record in each file: shape inference, meaning, and index arithmetic. */
package heddle.compiler.op;
