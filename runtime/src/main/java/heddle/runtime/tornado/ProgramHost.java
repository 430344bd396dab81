package heddle.runtime.tornado;

import heddle.runtime.tornado.Message.Done;
import heddle.runtime.tornado.Message.Failed;
import heddle.runtime.tornado.Message.Open;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Request;
import heddle.runtime.tornado.Message.Run;
import heddle.runtime.tornado.Message.Started;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Instances of generated classes in a JVM that was started for TornadoVM. It needs only this package of Heddle. */
final class ProgramHost {
    private final Map<Integer, GeneratedProgram> programs = new HashMap<>();

    /** Does what is asked; the last reply is {@link Done} or {@link Failed}. */
    void handle(Request request, Consumer<Reply> replies) {
        long begin = System.nanoTime();
        Reply last;
        try {
            fulfil(request, graph -> replies.accept(new Started(graph, System.nanoTime() - begin)));
            last = new Done(System.nanoTime() - begin);
        } catch (Throwable e) { // Drivers throw errors too: an unimplemented node, a class that is not there.
            last = failure(e);
        }
        replies.accept(last);
    }

    private void fulfil(Request request, IntConsumer started) throws Throwable {
        switch (request) {
            case Open m -> {
                close(m.program());
                programs.put(m.program(), GeneratedProgram.open(m.className(), m.lengths(), mapped(m.weights())));
            }
            case Run m -> programs.get(m.program()).run(mapped(m.inputs()), mapped(m.outputs()), started);
            case Message.Close m -> close(m.program());
        }
    }

    private void close(int program) throws Throwable {
        GeneratedProgram open = programs.remove(program);
        if (open != null) {
            open.close();
        }
    }

    private static Map<String, MemorySegment> mapped(Map<String, String> files) throws IOException {
        Map<String, MemorySegment> segments = new LinkedHashMap<>();
        for (var e : files.entrySet()) {
            segments.put(e.getKey(), MappedFile.open(Path.of(e.getValue())));
        }
        return segments;
    }

    /** The cause that says most: TornadoVM and reflection wrap what happened. */
    private static Failed failure(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return new Failed(cause.getClass().getSimpleName(), String.valueOf(cause.getMessage()), trace.toString());
    }
}
