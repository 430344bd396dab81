/**
 * Layout: which views are read and stored through instead of being computed. {@link heddle.compiler.layout.FoldLayout} folds
 * them into the indexes of fused operations; until then operations read and give the tensors of the graph.
 */
package heddle.compiler.layout;
