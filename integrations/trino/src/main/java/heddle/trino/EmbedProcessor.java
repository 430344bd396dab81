package heddle.trino;

import static io.trino.spi.type.BigintType.BIGINT;

import heddle.api.Embedder;
import io.trino.spi.Page;
import io.trino.spi.block.Block;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.function.table.TableFunctionDataProcessor;
import io.trino.spi.function.table.TableFunctionProcessorState;
import java.util.List;
import java.util.Optional;

/** Embeds the rows of one partition, a page at a time. */
final class EmbedProcessor implements TableFunctionDataProcessor {
    private final Embedder embedder;
    private long rows;

    EmbedProcessor(Embedder embedder) {
        this.embedder = embedder;
    }

    /** {@code input} is null after the last page, else it has one page with the texts' column. */
    @Override
    public TableFunctionProcessorState process(List<Optional<Page>> input) {
        if (input == null) {
            return TableFunctionProcessorState.Finished.FINISHED;
        }
        Block texts = input.getFirst().orElseThrow().getBlock(0);
        Page page = new Page(Vectors.vectors(embedder, texts), numbers(texts.getPositionCount()));
        return TableFunctionProcessorState.Processed.usedInputAndProduced(page);
    }

    /** Which row of the partition each vector belongs to: by these Trino finds the other columns. */
    private Block numbers(int count) {
        BlockBuilder numbers = BIGINT.createFixedSizeBlockBuilder(count);
        for (int i = 0; i < count; i++) {
            BIGINT.writeLong(numbers, rows++);
        }
        return numbers.build();
    }
}
