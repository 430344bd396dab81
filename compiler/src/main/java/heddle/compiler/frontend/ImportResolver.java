package heddle.compiler.frontend;

import heddle.dsl.source.SourceFile;
import java.util.Optional;

/** Finds imported files. The compiler itself reads no files. */
@FunctionalInterface
public interface ImportResolver {
    /** No file is found. */
    ImportResolver NONE = (path, importer) -> Optional.empty();

    /**
     * The file that {@code import "path"} means.
     *
     * @param path     as written
     * @param importer the file that imports it
     * @return the file, with one and the same name however it is reached
     */
    Optional<SourceFile> find(String path, SourceFile importer);
}
