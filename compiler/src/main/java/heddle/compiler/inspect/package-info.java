/**
 * A graph through all passes, for people to look at: which node stands for which earlier ones, in which calls and loops nodes
 * stand, which of those are equal, and in which order they are drawn.
 */
package heddle.compiler.inspect;
