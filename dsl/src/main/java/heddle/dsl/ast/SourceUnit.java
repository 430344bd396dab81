package heddle.dsl.ast;

import heddle.dsl.source.SourceFile;
import java.util.List;

/** A parsed file. */
public record SourceUnit(SourceFile file, List<Item> items) {
    public SourceUnit {
        items = List.copyOf(items);
    }
}
