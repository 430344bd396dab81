/** Writes what surrounds kernels in a file for TornadoVM: its arrays, task graphs and grids, and a main program. {@code TornadoWriter} is the way in. */
package heddle.compiler.backend.tornado.host;
