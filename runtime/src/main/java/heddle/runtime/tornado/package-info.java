/**
 * Runs plans on GPUs through TornadoVM. This package finds an SDK and its devices, and runs generated code in a worker
 * JVM. It is not compiled against TornadoVM; only generated classes are, at run time.
 *
 * <p>A program that uses Heddle's API can run kernels in its own process. Start it with the SDK's argument file and an
 * empty directory for generated classes:
 *
 * <pre>java @$TORNADOVM_HOME/tornado-argfile --add-modules jdk.incubator.vector -Dheddle.tornado.classes=classes \
 *     -cp ...:classes ...</pre>
 */
package heddle.runtime.tornado;
