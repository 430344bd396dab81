/** Rules that change graphs into better ones that mean the same: softmax recognised, attention fused, declined with reasons. */
package heddle.compiler.rewrite;
