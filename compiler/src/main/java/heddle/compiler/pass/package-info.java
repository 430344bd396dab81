/** The simple passes, and the pipeline that runs, verifies and times passes. */
package heddle.compiler.pass;
