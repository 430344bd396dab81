package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightArraysTest {
    private static final int HEADER = 16;
    private static final int LINE = 64;

    private static Buffer buffer(String name, Stored stored, long elements) {
        DType type = stored == Stored.F64 ? DType.F64 : DType.F32;
        return new Buffer(name, new TensorType(type, new Shape(List.of(Dim.of(elements)))), stored);
    }

    /** In an array that begins with a line, as large ones do. */
    @ParameterizedTest
    @EnumSource(
            value = Stored.class,
            names = {"F32", "F64", "F16", "BF16", "I8", "I4"})
    void eachBeginsWithALineOfAnArrayThatAllShare(Stored stored) {
        List<Buffer> buffers = List.of(
                buffer("a", stored, 3), buffer("b", stored, 64), buffer("c", stored, 1021), buffer("d", stored, 1));
        WeightArrays arrays = new WeightArrays(buffers);
        long end = 0;
        for (Buffer b : buffers) {
            RunMemory.Place place = arrays.place(b);
            assertSame(arrays.place(buffers.getFirst()).array(), place.array());
            long first = stored.bytes(place.offset());
            assertEquals(0, (HEADER + first) % LINE, b.toString());
            assertTrue(first >= end, b + " begins within the one before");
            end = first + stored.bytes(b.type().shape().size().value());
        }
        assertEquals(arrays.place(buffers.get(2)), arrays.place(buffers.get(2)));
    }

    /** Arrays have 64 MiB, or as much as one value; small values find room beside large ones. */
    @Test
    void whatFitsNoArrayBeginsAnotherOne() {
        int large = 9 << 20;
        List<Buffer> buffers = List.of(
                buffer("a", Stored.F32, large),
                buffer("b", Stored.F32, large),
                buffer("c", Stored.I64, 1),
                buffer("d", Stored.F32, 16));
        WeightArrays arrays = new WeightArrays(buffers);
        assertNotSame(
                arrays.place(buffers.get(0)).array(),
                arrays.place(buffers.get(1)).array());
        assertEquals(12 + large, ((float[]) arrays.place(buffers.get(1)).array()).length);
        assertSame(
                arrays.place(buffers.get(0)).array(),
                arrays.place(buffers.get(3)).array());
        assertEquals(8 + 6, ((long[]) arrays.place(buffers.get(2)).array()).length);
    }
}
