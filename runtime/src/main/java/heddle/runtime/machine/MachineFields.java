package heddle.runtime.machine;

import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.RuntimeCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The fields of one machine file, read one by one so that a mistake is told with the field's name. */
final class MachineFields {
    private static final String SOURCES = "sources";
    private static final List<String> PROCESSOR =
            List.of("kind", "name", "lanes", "registers", "fmas", "cores", "l1", "l2", "prefetches");
    private static final List<String> DEVICE = List.of(
            "kind",
            "name",
            "backend",
            "multiprocessors",
            "warp",
            "groupThreads",
            "local",
            "localAll",
            "threadRegisters",
            "registersAll",
            "shuffles",
            "halves");

    private final String file;
    private final Map<String, Object> fields;

    MachineFields(String file, Map<String, Object> fields) {
        this.file = file;
        this.fields = fields;
    }

    Machine machine() {
        String kind = text("kind");
        try {
            return switch (kind) {
                case "processor" -> {
                    allow(PROCESSOR);
                    yield new Processor(
                            text("name"),
                            number("lanes"),
                            number("registers"),
                            number("fmas"),
                            number("cores"),
                            number("l1"),
                            number("l2"),
                            fields.containsKey("prefetches") && truth("prefetches"));
                }
                case "device" -> {
                    allow(DEVICE);
                    yield new Device(
                            text("name"),
                            backend(),
                            number("multiprocessors"),
                            number("warp"),
                            number("groupThreads"),
                            number("local"),
                            number("localAll"),
                            number("threadRegisters"),
                            number("registersAll"),
                            truth("shuffles"),
                            truth("halves"));
                }
                default -> throw wrong("kind is " + kind, "a machine is a processor or a device");
            };
        } catch (IllegalArgumentException e) {
            throw wrong(e.getMessage(), "write what the machine's data sheet says; sizes of memory are in bytes");
        }
    }

    /** Only these fields, and sources of some of them. */
    private void allow(List<String> known) {
        List<String> names = new ArrayList<>(fields.keySet());
        names.remove(SOURCES);
        if (fields.get(SOURCES) instanceof Map<?, ?> sources) {
            sources.keySet().forEach(s -> names.add(String.valueOf(s)));
        } else if (fields.containsKey(SOURCES)) {
            throw wrong(SOURCES + " is no object", "give the source of each figure by the field's name");
        }
        for (String name : names) {
            if (!known.contains(name)) {
                throw wrong(
                        "there is no field " + name,
                        Suggest.closest(name, known)
                                .map(n -> "did you mean " + n + "?")
                                .orElse("the fields are " + String.join(", ", known)));
            }
        }
    }

    private Object value(String field, String what) {
        Object value = fields.get(field);
        if (value == null) {
            throw wrong("the field " + field + " is missing", "add \"" + field + "\": " + what);
        }
        return value;
    }

    private String text(String field) {
        return value(field, "a text") instanceof String s && !s.isBlank()
                ? s
                : throwWrongType(field, "a text in quotes");
    }

    private int number(String field) {
        return value(field, "a whole number") instanceof Integer n ? n : throwWrongType(field, "a whole number");
    }

    private boolean truth(String field) {
        return value(field, "true or false") instanceof Boolean b ? b : throwWrongType(field, "true or false");
    }

    private Device.Backend backend() {
        String name = text("backend");
        return Arrays.stream(Device.Backend.values())
                .filter(b -> b.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        "backend is " + name,
                        "the backends are "
                                + Arrays.stream(Device.Backend.values())
                                        .map(Device.Backend::name)
                                        .collect(Collectors.joining(", "))));
    }

    private <T> T throwWrongType(String field, String wanted) {
        Object value = fields.get(field);
        throw wrong(field + " is " + (value instanceof String s ? '"' + s + '"' : value), "write " + wanted);
    }

    private DiagnosticException wrong(String message, String remedy) {
        return new DiagnosticException(
                Diagnostic.of(RuntimeCode.MACHINE, file + ": " + message).hint(remedy));
    }
}
