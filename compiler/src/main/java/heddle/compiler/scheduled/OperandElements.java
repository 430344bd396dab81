package heddle.compiler.scheduled;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The elements of blocks that are handed to methods whole, while a scheduled kernel is interpreted. Those that lie in buffers are
 * addressed by their strides from the first element of the block.
 *
 * @param memory the elements of a buffer or tile
 * @param code   of programs
 */
record OperandElements(
        WorkerMemory worker,
        ScalarEvaluator evaluator,
        Map<String, Long> lengths,
        Function<Buffer, double[]> memory,
        Function<ScalarExpr, Code> code) {
    /** The element at the current indexes. */
    interface At {
        double element(double[] frame);

        /** @throws UnsupportedOperationException when it is not in memory as it is */
        default void set(double[] frame, double element) {
            throw new UnsupportedOperationException();
        }
    }

    /** @param axes that the block has */
    At of(Action.Operand operand, List<Axis> axes) {
        return switch (operand) {
            case Action.Operand.Placed p -> {
                Buffer buffer = p.tile().buffer();
                Code address = code.apply(worker.address(buffer, p.tile().address()));
                yield new InMemory(memory, buffer, frame -> (int) address.run(frame));
            }
            case Action.Operand.InPlace in -> inPlace(in.block(), axes);
            case Action.Operand.Scaled s -> scaled(s.block(), axes);
        };
    }

    private record InMemory(Function<Buffer, double[]> memory, Buffer buffer, ToIntFunction<double[]> address)
            implements At {
        @Override
        public double element(double[] frame) {
            return memory.apply(buffer)[address.applyAsInt(frame)];
        }

        @Override
        public void set(double[] frame, double element) {
            memory.apply(buffer)[address.applyAsInt(frame)] = element;
        }
    }

    private At inPlace(BlockStrides block, List<Axis> axes) {
        Code start = code.apply(block.start());
        long[] strides =
                axes.stream().mapToLong(a -> block.along(a).evaluate(lengths)).toArray();
        int[] slots = axes.stream().mapToInt(evaluator::slot).toArray();
        int parted = block.parts().map(p -> axes.indexOf(p.axis())).orElse(-1);
        int length = block.parts().map(BlockStrides.Parts::length).orElse(1);
        long distance = block.parts().map(p -> p.distance().evaluate(lengths)).orElse(0L);
        return new InMemory(memory, block.buffer(), f -> {
            double[] first = f.clone();
            long moved = 0;
            for (int n = 0; n < slots.length; n++) {
                long from = worker.range(axes.get(n)).from();
                long index = (long) f[slots[n]] - from;
                moved += n == parted ? index / length * distance + index % length * strides[n] : index * strides[n];
                first[slots[n]] = from;
            }
            return (int) (start.run(first) + moved);
        });
    }

    /** @param axes the summed axis, then that of the columns */
    private At scaled(ScaledBlock block, List<Axis> axes) {
        At held = inPlace(block.held(), axes);
        Code start = code.apply(block.start());
        int over = evaluator.slot(axes.getFirst());
        int column = evaluator.slot(axes.getLast());
        long step = block.step().evaluate(lengths);
        return f -> {
            double[] first = f.clone();
            first[column] = worker.range(axes.getLast()).from();
            long moved =
                    (long) f[over] / block.depth() * step + ((long) f[column] - (long) first[column]) / block.columns();
            return held.element(f) * memory.apply(block.scales())[(int) (start.run(first) + moved)];
        };
    }
}
