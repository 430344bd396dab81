package heddle.runtime.embed;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the files say that sentence-transformers ships with a model: {@code modules.json}, the {@code config.json} of the pooling,
 * {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}. Any of them may be missing.
 *
 * @param pooling   how tokens become a vector
 * @param normalize whether vectors are brought to length one; said by {@code modules.json} alone
 * @param tokens    the most tokens of a text
 * @param prompts   what is written before a text, by the name of its use
 * @param prompt    the one that is written when none is asked for
 */
record SentenceFiles(
        Optional<Pooling> pooling,
        Optional<Boolean> normalize,
        Optional<Integer> tokens,
        Map<String, String> prompts,
        Optional<String> prompt) {
    private static final String MODULES = "modules.json";
    private static final String POOLING = "1_Pooling";
    private static final String CONFIG = "config.json";
    private static final String BERT = "sentence_bert_config.json";
    private static final String PROMPTS = "config_sentence_transformers.json";

    /** The modes of pooling by the keys that switch them on, and by their names in files of version 5. */
    private static final Map<String, Pooling> MODES = Map.of(
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_lasttoken", Pooling.LAST,
            "mean", Pooling.MEAN,
            "cls", Pooling.CLS,
            "lasttoken", Pooling.LAST);

    /** Reads those that lie in a directory. @throws DiagnosticException when one asks for what is not there */
    static SentenceFiles read(Path directory) {
        Path poolingAt = directory.resolve(POOLING);
        Optional<Boolean> normalize = Optional.empty();
        Path list = directory.resolve(MODULES);
        if (Files.isRegularFile(list)) {
            normalize = Optional.of(false);
            for (Object module : modules(list)) {
                String type = text(list, module, "type");
                String kind = type.substring(type.lastIndexOf('.') + 1);
                switch (kind) {
                    case "Transformer" -> {}
                    case "Pooling" -> poolingAt = directory.resolve(text(list, module, "path"));
                    case "Normalize" -> normalize = Optional.of(true);
                    default ->
                        throw unusable(
                                list,
                                "it has the module " + type + ", which is not computed here",
                                "write that module in the model, and leave the file out");
                }
            }
        }
        Optional<Pooling> pooling = object(poolingAt.resolve(CONFIG)).map(c -> pooling(c.file(), c.entries()));
        Optional<Integer> tokens = object(directory.resolve(BERT)).flatMap(c -> c.get("max_seq_length", Integer.class));
        Optional<Config> prompts = object(directory.resolve(PROMPTS));
        return new SentenceFiles(
                pooling,
                normalize,
                tokens,
                prompts.map(SentenceFiles::prompts).orElse(Map.of()),
                prompts.flatMap(c -> c.get("default_prompt_name", String.class)));
    }

    /** Those of these files that lie in a directory. */
    static List<Path> all(Path directory) {
        Path list = directory.resolve(MODULES);
        List<Object> modules = Files.isRegularFile(list) ? modules(list) : List.of();
        Stream<Path> pooling = modules.stream()
                .filter(module -> text(list, module, "type").endsWith(".Pooling"))
                .map(module -> directory.resolve(text(list, module, "path")).resolve(CONFIG));
        Stream<Path> others = Stream.of(
                list, directory.resolve(POOLING).resolve(CONFIG), directory.resolve(BERT), directory.resolve(PROMPTS));
        return Stream.concat(pooling, others)
                .distinct()
                .filter(Files::isRegularFile)
                .toList();
    }

    /** A file that holds an object. */
    private record Config(Path file, Map<String, Object> entries) {
        <T> Optional<T> get(String key, Class<T> type) {
            Object value = entries.get(key);
            if (value != null && !type.isInstance(value)) {
                throw unusable(file, "its " + key + " is " + value, "copy the file again");
            }
            return Optional.ofNullable(type.cast(value));
        }
    }

    private static Map<String, String> prompts(Config config) {
        Map<String, String> prompts = new HashMap<>();
        config.get("prompts", Map.class).ifPresent(all -> {
            for (Object name : all.keySet()) {
                prompts.put(String.valueOf(name), String.valueOf(all.get(name)));
            }
        });
        return prompts;
    }

    private static Pooling pooling(Path file, Map<String, Object> entries) {
        List<String> modes = entries.entrySet().stream()
                .filter(e -> e.getKey().startsWith("pooling_mode"))
                .filter(e -> !Boolean.FALSE.equals(e.getValue()))
                .map(e -> e.getValue() instanceof String name ? name : e.getKey())
                .toList();
        if (modes.size() != 1 || !MODES.containsKey(modes.getFirst())) {
            throw unusable(
                    file,
                    "it pools by " + (modes.isEmpty() ? "nothing" : String.join(" and ", modes)),
                    "mean, cls and the last token are computed here; --pooling chooses one");
        }
        return MODES.get(modes.getFirst());
    }

    private static List<Object> modules(Path file) {
        if (parsed(file) instanceof List<?> modules) {
            return List.copyOf(modules);
        }
        throw unusable(file, "it is not a list of modules", "copy the file again");
    }

    private static String text(Path file, Object module, String key) {
        if (module instanceof Map<?, ?> entries && entries.get(key) instanceof String text) {
            return text;
        }
        throw unusable(file, "a module has no " + key, "copy the file again");
    }

    private static Optional<Config> object(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        if (parsed(file) instanceof Map<?, ?> found) {
            Map<String, Object> entries = new HashMap<>();
            found.forEach((key, value) -> entries.put(String.valueOf(key), value));
            return Optional.of(new Config(file, entries));
        }
        throw unusable(file, "it does not hold an object", "copy the file again");
    }

    private static Object parsed(Path file) {
        try {
            return JSON.std.anyFrom(Files.readString(file));
        } catch (IOException e) {
            throw unusable(
                    file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), "copy the file again");
        }
    }

    private static DiagnosticException unusable(Path file, String why, String remedy) {
        return new DiagnosticException(Diagnostic.of(EmbedCode.SENTENCE_FILE, file + " cannot be used")
                .note(why)
                .hint(remedy));
    }
}
