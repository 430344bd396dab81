package heddle.runtime.embed;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the files say that sentence-transformers ships with a model: {@code modules.json}, the {@code config.json} of the pooling,
 * {@code sentence_bert_config.json} and {@code config_sentence_transformers.json}. Any of them may be missing.
 *
 * @param pooling   how tokens become a vector
 * @param normalize whether vectors are brought to length one; said by {@code modules.json} alone
 * @param tokens    the most tokens of a text
 * @param prompts   what is written before a text, by the name of its use
 * @param prompt    the one that is written when none is asked for
 * @param lowerCase whether texts are brought to lower case before they are split into tokens
 * @param poolsPrompt whether a prompt's tokens take part in the pooling
 */
record SentenceFiles(
        Optional<Pooling> pooling,
        Optional<Boolean> normalize,
        Optional<Integer> tokens,
        Map<String, String> prompts,
        Optional<String> prompt,
        boolean lowerCase,
        boolean poolsPrompt) {
    /** What is said where none of them is there. */
    static final SentenceFiles NONE = new SentenceFiles(
            Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), false, true);

    private static final String MODULES = "modules.json";
    private static final String POOLING = "1_Pooling";
    private static final String CONFIG = "config.json";

    /** The file that says how long texts may be. */
    static final String LIMITS = "sentence_bert_config.json";

    private static final Map<Class<?>, String> KINDS = Map.of(
            Integer.class,
            "a whole number",
            Boolean.class,
            "true or false",
            String.class,
            "a text",
            Map.class,
            "an object");

    private static final String MOST_TOKENS = "max_seq_length";

    /** The modes of pooling by the keys that switch them on, and by their names in files of version 5. */
    private static final Map<String, Pooling> MODES = Map.of(
            "pooling_mode_mean_tokens", Pooling.MEAN,
            "pooling_mode_cls_token", Pooling.CLS,
            "pooling_mode_lasttoken", Pooling.LAST,
            "mean", Pooling.MEAN,
            "cls", Pooling.CLS,
            "lasttoken", Pooling.LAST);

    /** Reads those that lie beside a model. @throws DiagnosticException when one asks for what is not there */
    static SentenceFiles read(ModelSource model) {
        return read(model, true);
    }

    /** @param pools whether their pooling is used; where something else says it, they may ask for what is not there */
    static SentenceFiles read(ModelSource model, boolean pools) {
        String poolingAt = POOLING;
        Optional<Boolean> normalize = Optional.empty();
        Optional<SourceFile> list = model.fileBeside(MODULES);
        if (list.isPresent()) {
            normalize = Optional.of(false);
            for (Object module : modules(list.get())) {
                String type = text(list.get(), module, "type");
                String kind = type.substring(type.lastIndexOf('.') + 1);
                switch (kind) {
                    case "Transformer" -> {}
                    case "Pooling" -> poolingAt = text(list.get(), module, "path");
                    case "Normalize" -> normalize = Optional.of(true);
                    default ->
                        throw unusable(
                                list.get(),
                                "it has the module " + type + ", which is not computed here",
                                "write that module in the model, and leave the file out");
                }
            }
        }
        Optional<Config> pooling = model.fileBeside(poolingAt + "/" + CONFIG).map(SentenceFiles::object);
        Optional<Config> limits = model.fileBeside(LIMITS).map(SentenceFiles::object);
        Optional<Config> prompts =
                model.fileBeside("config_sentence_transformers.json").map(SentenceFiles::object);
        return new SentenceFiles(
                pooling.filter(file -> pools).map(SentenceFiles::pooling),
                normalize,
                limits.flatMap(SentenceFiles::tokens),
                prompts.map(SentenceFiles::prompts).orElse(Map.of()),
                prompts.flatMap(c -> c.get("default_prompt_name", String.class)),
                limits.flatMap(c -> c.get("do_lower_case", Boolean.class)).orElse(false),
                pooling.flatMap(c -> c.get("include_prompt", Boolean.class)).orElse(true));
    }

    /** A file that holds an object. */
    private record Config(SourceFile file, Map<String, Object> entries) {
        <T> Optional<T> get(String key, Class<T> type) {
            Object value = entries.get(key);
            if (value != null && !type.isInstance(value)) {
                String kind = KINDS.get(type);
                String quoted = value instanceof String text ? '"' + text + '"' : String.valueOf(value);
                throw unusable(file, "its " + key + " is " + quoted + ", and should be " + kind, "copy the file again");
            }
            return Optional.ofNullable(type.cast(value));
        }
    }

    private static Map<String, String> prompts(Config config) {
        Map<String, String> prompts = new HashMap<>();
        config.get("prompts", Map.class).ifPresent(all -> {
            for (Object name : all.keySet()) {
                Object text = all.get(name);
                if (text instanceof String prompt) {
                    prompts.put(String.valueOf(name), prompt);
                } else if (text != null) { // Null is a use without a prompt.
                    throw unusable(config.file(), "its prompt " + name + " is " + text, "copy the file again");
                }
            }
        });
        return prompts;
    }

    private static Optional<Integer> tokens(Config config) {
        Optional<Integer> most = config.get(MOST_TOKENS, Integer.class);
        if (most.isPresent() && most.get() < 1) {
            throw unusable(config.file(), "its " + MOST_TOKENS + " is " + most.get(), "copy the file again");
        }
        return most;
    }

    private static Pooling pooling(Config config) {
        List<String> modes = config.entries().entrySet().stream()
                .filter(e -> e.getKey().startsWith("pooling_mode"))
                .filter(e -> !Boolean.FALSE.equals(e.getValue()))
                .map(e -> e.getValue() instanceof String name ? name : e.getKey())
                .toList();
        if (modes.size() != 1 || !MODES.containsKey(modes.getFirst())) {
            throw unusable(
                    config.file(),
                    "it pools by " + (modes.isEmpty() ? "nothing" : String.join(" and ", modes)),
                    "mean, cls and the last token are computed here; --pooling chooses one");
        }
        return MODES.get(modes.getFirst());
    }

    private static List<Object> modules(SourceFile file) {
        if (parsed(file) instanceof List<?> modules) {
            return List.copyOf(modules);
        }
        throw unusable(file, "it is not a list of modules", "copy the file again");
    }

    private static String text(SourceFile file, Object module, String key) {
        if (module instanceof Map<?, ?> entries && entries.get(key) instanceof String text) {
            return text;
        }
        throw unusable(file, "a module has no " + key, "copy the file again");
    }

    private static Config object(SourceFile file) {
        if (parsed(file) instanceof Map<?, ?> found) {
            Map<String, Object> entries = new HashMap<>();
            found.forEach((key, value) -> entries.put(String.valueOf(key), value));
            return new Config(file, entries);
        }
        throw unusable(file, "it does not hold an object", "copy the file again");
    }

    private static Object parsed(SourceFile file) {
        try {
            return JSON.std.anyFrom(file.text());
        } catch (IOException e) {
            throw unusable(
                    file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), "copy the file again");
        }
    }

    static DiagnosticException unusable(SourceFile file, String why, String remedy) {
        return new DiagnosticException(Diagnostic.of(EmbedCode.SENTENCE_FILE, file.name() + " cannot be used")
                .note(why)
                .hint(remedy));
    }
}
