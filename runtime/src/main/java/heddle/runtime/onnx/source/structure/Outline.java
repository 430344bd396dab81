package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.List;

/** A model in functions and loops, before anything has a name. @param routines each behind those that it calls */
public record Outline(List<Routine> routines, List<Step> steps, List<Output> outputs) {
    /** @param nodes those that its line stands for */
    public record Output(FlatModel.Result result, List<String> nodes) {
        public Output {
            nodes = List.copyOf(nodes);
        }
    }

    public Outline {
        routines = List.copyOf(routines);
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
    }
}
