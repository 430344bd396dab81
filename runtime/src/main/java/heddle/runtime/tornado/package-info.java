/**
 * Plans on GPUs through TornadoVM: finds an SDK and its devices, and runs generated code in a worker JVM. Nothing here
 * is compiled against TornadoVM; generated classes are, when they are made.
 *
 * <p>A program that uses Heddle's API can have kernels run in its own process. It is started with the SDK's argument file
 * and an empty directory for generated classes:
 *
 * <pre>java @$TORNADOVM_HOME/tornado-argfile --add-modules jdk.incubator.vector -Dheddle.tornado.classes=classes \
 *     -cp ...:classes ...</pre>
 */
package heddle.runtime.tornado;
