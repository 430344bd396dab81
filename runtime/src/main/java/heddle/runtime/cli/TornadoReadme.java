package heddle.runtime.cli;

import heddle.compiler.schedule.Plan;
import heddle.compiler.target.source.Names;
import java.util.stream.Collectors;

/** What is written beside a generated file for TornadoVM: how to run it without Heddle. */
final class TornadoReadme {
    private TornadoReadme() {}

    static String text(Plan plan) {
        String name = Names.identifier(plan.name());
        String lengths = plan.lengths().stream().map(s -> " " + s + "=…").collect(Collectors.joining());
        return """
                # %1$s for TornadoVM

                `%1$s.java` needs tornado-api and nothing else. With `TORNADOVM_HOME` at an SDK, and its JDK:

                ```
                javac -g -cp "$(echo $TORNADOVM_HOME/share/java/tornado/tornado-api-*.jar)" %1$s.java
                java @$TORNADOVM_HOME/tornado-argfile -Dtornado.recover.bailout=False -cp . %1$s \\
                    weights.safetensors inputs.safetensors outputs.safetensors%2$s
                ```

                The plan, its kernels and buffers, is in `plan.json`. `heddle compile … --target tornado -o DIR --data` writes
                `weights.safetensors`, and `inputs.safetensors` of the inputs that are given with `--text` or `--input`.
                """.formatted(name, lengths);
    }
}
