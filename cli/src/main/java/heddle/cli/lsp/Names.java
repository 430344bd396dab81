package heddle.cli.lsp;

import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names of a file: what each use means, and which can be used where. */
final class Names {
    /**
     * The names of a file, a function or a block.
     *
     * @param start where it begins
     * @param end   behind its end
     */
    record Block(Optional<Block> parent, int start, int end, Map<String, Declaration> declared) {
        Block(Block parent, Span place) {
            this(Optional.of(parent), place.start(), place.end(), new LinkedHashMap<>());
        }

        Optional<Declaration> find(String name) {
            for (Block b = this; b != null; b = b.parent.orElse(null)) {
                Declaration found = b.declared.get(name);
                if (found != null) {
                    return Optional.of(found);
                }
            }
            return Optional.empty();
        }
    }

    private final SourceFile source;
    private final List<Block> blocks = new ArrayList<>();
    private final Map<Integer, Declaration> uses = new HashMap<>();
    private final Block file;

    Names(SourceFile source) {
        this.source = source;
        file = new Block(Optional.empty(), 0, source.text().length(), new LinkedHashMap<>());
        blocks.add(file);
    }

    /** The names at the top of the file. */
    Block file() {
        return file;
    }

    /** A block of this file, noted so that its names are proposed in it. */
    Block block(Block parent, Span place) {
        Block block = new Block(parent, place);
        blocks.add(block);
        return block;
    }

    /** Notes what a name means that begins at an offset. */
    void use(int start, Declaration meant) {
        uses.putIfAbsent(start, meant);
    }

    /** What the name means that begins at an offset; one in a statement with a mistake is looked up by what it is called. */
    Optional<Declaration> meant(int start, String name) {
        Declaration known = uses.get(start);
        return known != null && known.name().equals(name)
                ? Optional.of(known)
                : around(start).find(name);
    }

    /** The innermost block around an offset. */
    private Block around(int offset) {
        Block innermost = file;
        for (Block block : blocks) {
            if (block.start <= offset && offset <= block.end && block.start >= innermost.start) {
                innermost = block;
            }
        }
        return innermost;
    }

    /** What can be named at an offset: functions everywhere, other names behind their declaration. */
    List<Declaration> visible(int offset) {
        Map<String, Declaration> visible = new LinkedHashMap<>();
        for (Block b = around(offset); b != null; b = b.parent.orElse(null)) {
            for (Declaration d : b.declared.values()) {
                boolean seen = d.kind() == Declaration.Kind.FUNCTION
                        || !isHere(d)
                        || d.place().end() < offset;
                if (seen) {
                    visible.putIfAbsent(d.name(), d);
                }
            }
        }
        return List.copyOf(visible.values());
    }

    /** Whether a name is declared in the file itself. */
    boolean isHere(Declaration declaration) {
        return declaration.place().file().name().equals(source.name());
    }
}
