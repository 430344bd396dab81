package heddle.runtime.train;

import heddle.runtime.CompileOptions;
import heddle.runtime.PlacedTarget;
import heddle.runtime.PlanLoader;
import heddle.runtime.Target;
import heddle.runtime.jvm.JvmOptions;

/**
 * Where the graphs of a training run.
 *
 * @param loader    makes plans programs of the target
 * @param jvm       for what runs on the processors whatever the target is: the search for what is not finite, and the check
 * @param isOnJvm   whether weights are in the memory of this JVM
 * @param isChecked whether first runs are compared with the jvm target
 */
record TrainingTarget(PlanLoader loader, JvmOptions jvm, boolean isOnJvm, boolean isChecked) {
    /** The jvm target, unless the options name the tornado target. */
    static TrainingTarget of(CompileOptions options) {
        JvmOptions jvm = options.jvm();
        if (options.target().target() != Target.TORNADO) {
            return new TrainingTarget(PlanLoader.jvm(jvm), jvm, true, false);
        }
        PlacedTarget placed = PlacedTarget.of(options);
        return new TrainingTarget(
                PlanLoader.device(placed, options), jvm, false, options.target().checkFirstRun());
    }

    /** A target that the caller brings, on which nothing is checked. */
    static TrainingTarget brought(PlanLoader loader, JvmOptions jvm) {
        return new TrainingTarget(loader, jvm, false, false);
    }
}
