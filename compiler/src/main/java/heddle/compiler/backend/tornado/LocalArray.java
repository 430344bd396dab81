package heddle.compiler.backend.tornado;

import heddle.compiler.scalar.Axis;

/**
 * An operand of a matmul in local memory, {@code [over][own]}. Neighbouring threads read neighbouring elements.
 *
 * @param name      the name of the array in the kernel
 * @param over      the axis that the matmul sums over
 * @param own       the operand's other axis
 * @param overWidth elements along {@code over}
 * @param ownWidth  elements along {@code own}, including those that threads read beyond its end
 * @param pitch     elements from one index along {@code over} to the next; odd where it is written across, so that the
 *                  banks of the memory do not collide
 */
record LocalArray(String name, Storage storage, Axis over, Axis own, int overWidth, int ownWidth, int pitch) {
    int elements() {
        return overWidth * pitch;
    }

    long bytes() {
        return (long) elements() * storage.bytes();
    }
}
