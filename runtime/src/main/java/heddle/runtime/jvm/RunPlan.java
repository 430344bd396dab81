package heddle.runtime.jvm;

import heddle.compiler.schedule.MemoryPlan;
import java.util.Set;

/**
 * What follows from the lengths of a run alone.
 *
 * @param memory where intermediate results lie
 * @param values the lengths in the plan's order, as generated code takes them
 * @param small  entries of the generated class that are too little work for several threads
 * @param costs  of each launch, for those who profile
 */
record RunPlan(MemoryPlan memory, long[] values, Set<Integer> small, LaunchCosts costs) {}
