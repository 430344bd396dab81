/** Minimum cuts of networks, by JGraphT. */
package heddle.compiler.ir.cut;
