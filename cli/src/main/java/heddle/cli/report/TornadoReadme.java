package heddle.cli.report;

import heddle.compiler.backend.tornado.host.TornadoSettings;
import heddle.compiler.backend.tornado.host.TornadoSource;

/** Writes the README beside a generated file for TornadoVM: how to run it without Heddle. */
public final class TornadoReadme {
    private TornadoReadme() {}

    public static String text(TornadoSource source) {
        boolean libraries = source.callsLibraries();
        return """
                # %1$s for TornadoVM

                `%1$s.java` needs %3$s. With `TORNADOVM_HOME` at an SDK, and its JDK:

                ```
                javac -g -cp "%4$s" %1$s.java
                java @$TORNADOVM_HOME/tornado-argfile %5$s%6$s -cp . %1$s \\
                    %2$s
                ```

                The plan, its kernels and buffers, is in `plan.json`. `heddle compile … --target tornado -o DIR --data` writes
                the files that are read: weights where the model has some, and those inputs that are given with `--text` or `--input`.
                """.formatted(
                        source.className(),
                        source.arguments(),
                        libraries
                                ? "tornado-api and tornado-cublas, whose tasks need an NVIDIA GPU and CUDA's cuBLAS"
                                : "tornado-api and nothing else",
                        libraries ? jar("tornado-api") + ":" + jar("tornado-cublas") : jar("tornado-api"),
                        libraries ? "--add-modules tornado.cublas " : "",
                        TornadoSettings.options());
    }

    private static String jar(String name) {
        return "$(echo $TORNADOVM_HOME/share/java/tornado/" + name + "-*.jar)";
    }
}
