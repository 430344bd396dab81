package heddle.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Holds tasks after some rows until something has happened, so that it happens in the middle of a job on every machine. Tasks and
 * the test talk through files.
 *
 * @param directory of the files
 * @param free      the first partitions, which are not held
 * @param rows      that are let through before
 */
record HeldRows(String directory, int free, int rows) implements MapPartitionsFunction<Row, Row> {
    private static final String HELD = "held-";
    private static final String FREED = "freed";

    @Override
    public Iterator<Row> call(Iterator<Row> given) throws IOException {
        boolean holds = TaskContext.getPartitionId() >= free;
        List<Row> first = new ArrayList<>();
        while (holds && first.size() < rows && given.hasNext()) {
            first.add(given.next());
        }
        if (holds) {
            Files.writeString(Path.of(directory, HELD + SparkEnv.get().executorId()), "");
            for (int i = 0; i < 1200 && !Files.exists(Path.of(directory, FREED)); i++) {
                Cluster.pause();
            }
        }
        Iterator<Row> before = first.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return before.hasNext() || given.hasNext();
            }

            @Override
            public Row next() {
                return before.hasNext() ? before.next() : given.next();
            }
        };
    }

    /** Waits until so many executors hold a task. */
    static void awaitHeld(Path directory, int executors) throws IOException {
        for (int i = 0; i < 1200; i++) {
            try (var files = Files.list(directory)) {
                if (files.filter(file -> file.getFileName().toString().startsWith(HELD))
                                .count()
                        == executors) {
                    return;
                }
            }
            Cluster.pause();
        }
        throw new IllegalStateException("no task came to the rows where it is held");
    }

    static void free(Path directory) throws IOException {
        Files.writeString(directory.resolve(FREED), "");
    }
}
