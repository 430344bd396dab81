/** From a graph to kernels: what is stored, what one kernel computes, where intermediate results lie. */
package heddle.compiler.schedule;
