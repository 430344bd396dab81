package heddle.runtime;

/** The target that a model is compiled for. */
public enum Target {
    /** A GPU where there is one that TornadoVM can use, else the JVM. */
    AUTO,
    /** This machine's processors, by the Vector API. */
    JVM,
    /** A GPU or another device, through TornadoVM. */
    TORNADO
}
