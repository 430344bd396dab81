/** The text form of graphs, which is written and read back, and their JSON. */
package heddle.compiler.ir.text;
