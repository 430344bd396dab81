package heddle.api;

/**
 * What a model is compiled for.
 *
 * @since 0.2
 */
public enum Target {
    /** A GPU where there is one that TornadoVM can use, else this machine's processors. */
    AUTO,
    /** This machine's processors, by the Vector API. */
    JVM,
    /** A GPU or another device, through TornadoVM. */
    @Experimental
    TORNADO
}
