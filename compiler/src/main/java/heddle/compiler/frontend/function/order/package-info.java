/** Functions that depend on the order of elements along an axis: extremes, sums up to each, sorting. */
package heddle.compiler.frontend.function.order;
