/** Differentiates graphs: what gradients are asked for, and the pass that writes them out. */
package heddle.compiler.gradient;
