/**
 * Plans on GPUs through TornadoVM: finds an SDK and its devices, and runs generated code in a worker JVM. Nothing here
 * is compiled against TornadoVM; generated classes are, when they are made.
 */
package heddle.runtime.tornado;
