package heddle.trino;

import static io.trino.spi.type.RealType.REAL;
import static io.trino.spi.type.VarcharType.VARCHAR;

import heddle.api.Embedder;
import io.airlift.slice.Slice;
import io.trino.spi.block.ArrayBlockBuilder;
import io.trino.spi.block.Block;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.type.ArrayType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Vectors of texts as Trino holds them. */
final class Vectors {
    static final ArrayType TYPE = new ArrayType(REAL);

    private Vectors() {}

    /** The vector of one text, as the elements of an array. */
    static Block vector(Embedder embedder, Slice text) {
        float[] vector = embedder.embed(text.toStringUtf8());
        BlockBuilder elements = REAL.createFixedSizeBlockBuilder(vector.length);
        write(vector, elements);
        return elements.build();
    }

    /** The vectors of a column of texts, which share runs; null where a text is null. */
    static Block vectors(Embedder embedder, Block texts) {
        List<String> there = new ArrayList<>();
        for (int i = 0; i < texts.getPositionCount(); i++) {
            if (!texts.isNull(i)) {
                there.add(VARCHAR.getSlice(texts, i).toStringUtf8());
            }
        }
        Iterator<float[]> vectors = embedder.embed(there).iterator();
        ArrayBlockBuilder column = TYPE.createBlockBuilder(null, texts.getPositionCount());
        for (int i = 0; i < texts.getPositionCount(); i++) {
            if (texts.isNull(i)) {
                column.appendNull();
            } else {
                float[] vector = vectors.next();
                column.buildEntry(elements -> write(vector, elements));
            }
        }
        return column.build();
    }

    private static void write(float[] vector, BlockBuilder elements) {
        for (float element : vector) {
            REAL.writeFloat(elements, element);
        }
    }
}
