/** Explains what happened to each attention of a model and what it costs, for people and programs to read. */
package heddle.compiler.explain;
