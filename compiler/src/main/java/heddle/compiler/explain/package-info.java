/** What became of each attention of a model, and what that costs, for people and programs to read. */
package heddle.compiler.explain;
