package heddle.tests.tornado.device;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * The threads of a launch: x, y and z of the whole grid and of a group.
 *
 * @param gridSize  threads of the grid
 * @param groupSize threads of a group, dividing those of the grid
 */
record LaunchGrid(int[] gridSize, int[] groupSize) {
    /**
     * Checks what a driver would refuse.
     *
     * @throws KernelFault on a grid without groups, groups that do not divide it or are larger than the device's
     */
    static LaunchGrid of(String task, WorkerGrid grid, DeviceLimits limits) {
        if (grid == null) {
            throw new KernelFault(
                    "task " + task + " takes a KernelContext but has no worker grid in the grid scheduler");
        }
        if (grid.getLocalWork() == null) {
            throw new KernelFault("task " + task + " leaves its group size to the driver: call setLocalWork");
        }
        int[] global = ints(grid.getGlobalWork());
        int[] local = ints(grid.getLocalWork());
        String sizes = "task " + task + ": groups of " + Arrays.toString(local) + " threads on a grid of "
                + Arrays.toString(global);
        for (int axis = 0; axis < 3; axis++) {
            if (global[axis] < 1 || local[axis] < 1 || global[axis] % local[axis] != 0) {
                throw new KernelFault(sizes + " do not divide it");
            }
        }
        LaunchGrid launch = new LaunchGrid(global, local);
        if (launch.threads() > limits.groupThreads()) {
            throw new KernelFault(sizes + " are larger than the device's " + limits.groupThreads());
        }
        if (launch.groups() > AccessHistory.MOST_GROUPS) {
            throw new KernelFault(sizes + " are more groups than the double can tell apart");
        }
        return launch;
    }

    /** Threads of a group. */
    int threads() {
        return groupSize[0] * groupSize[1] * groupSize[2];
    }

    int groups() {
        return groups(0) * groups(1) * groups(2);
    }

    /** The coordinates of a group by its number. */
    int[] group(int number) {
        return new int[] {number % groups(0), number / groups(0) % groups(1), number / groups(0) / groups(1)};
    }

    /** The coordinates in its group of a thread by its number. */
    int[] thread(int number) {
        return new int[] {
            number % groupSize[0], number / groupSize[0] % groupSize[1], number / groupSize[0] / groupSize[1]
        };
    }

    private int groups(int axis) {
        return gridSize[axis] / groupSize[axis];
    }

    private static int[] ints(long[] sizes) {
        return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
    }
}
