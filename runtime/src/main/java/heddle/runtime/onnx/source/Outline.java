package heddle.runtime.onnx.source;

import java.util.List;

/** A model in functions and loops, before anything has a name. @param routines each behind those that it calls */
record Outline(List<Routine> routines, List<Step> steps, List<Output> outputs) {
    /** @param nodes those that its line stands for */
    record Output(FlatModel.Result result, List<String> nodes) {
        Output {
            nodes = List.copyOf(nodes);
        }
    }

    Outline {
        routines = List.copyOf(routines);
        steps = List.copyOf(steps);
        outputs = List.copyOf(outputs);
    }
}
