/** Drawings of graphs: SVG, and files for Graphviz. */
package heddle.compiler.ir.drawing;
