package heddle.runtime.cli;

import picocli.CommandLine.Option;

/** Where a model runs. */
final class TargetOption {
    /** What there is to run on. */
    enum Target {
        AUTO,
        JVM,
        TORNADO
    }

    @Option(
            names = "--target",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}: the JVM's vector units, or a GPU through TornadoVM. Default: auto,"
                    + " the best there is.")
    private Target target;

    /** @throws UnavailableTarget when this build cannot run on what was asked for */
    void require() {
        if (target == Target.TORNADO) {
            throw new UnavailableTarget("the tornado target is not available in this build yet; leave --target out, or"
                    + " use --target jvm");
        }
    }
}
