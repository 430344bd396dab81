package heddle.runtime.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.jr.ob.JSON;
import heddle.compiler.type.DType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The JSON header of a safetensors file: the element type, shape and position of every tensor, and free text. A header
 * is accepted only if it accounts for every byte of the data exactly once.
 *
 * @param metadata free text, {@code __metadata__} in the file
 */
record SafetensorsHeader(SequencedMap<String, Placed> tensors, Map<String, String> metadata) {
    /** A tensor and where its elements begin and end in the data that follows the header. */
    record Placed(WeightEntry entry, long begin, long end) {}

    /** Where free text stands. */
    static final String METADATA = "__metadata__";

    private static final Map<String, Integer> BITS = Map.ofEntries(
            Map.entry("BOOL", 8),
            Map.entry("U8", 8),
            Map.entry("I8", 8),
            Map.entry("F8_E5M2", 8),
            Map.entry("F8_E4M3", 8),
            Map.entry("I16", 16),
            Map.entry("U16", 16),
            Map.entry("F16", 16),
            Map.entry("BF16", 16),
            Map.entry("I32", 32),
            Map.entry("U32", 32),
            Map.entry("F32", 32),
            Map.entry("F64", 64),
            Map.entry("I64", 64),
            Map.entry("U64", 64));

    private static final JSON STRICT = JSON.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    /**
     * Reads a header.
     *
     * @param dataBytes how many bytes follow it
     * @throws IllegalArgumentException that says what is wrong
     */
    static SafetensorsHeader parse(byte[] json, long dataBytes) {
        Map<String, Object> fields;
        try {
            fields = STRICT.mapFrom(json);
        } catch (IOException e) {
            throw new IllegalArgumentException("the header is not JSON as it should be: " + firstLine(e), e);
        }
        SequencedMap<String, Placed> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = Map.of();
        for (var field : fields.entrySet()) {
            if (field.getKey().equals(METADATA)) {
                metadata = metadata(field.getValue());
            } else {
                tensors.put(field.getKey(), placed(field.getKey(), field.getValue()));
            }
        }
        checkCover(tensors, dataBytes);
        return new SafetensorsHeader(tensors, metadata);
    }

    private static String firstLine(IOException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static Map<String, String> metadata(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("__metadata__ is not an object");
        }
        Map<String, String> result = new LinkedHashMap<>();
        map.forEach((k, v) -> {
            if (!(v instanceof String s)) {
                throw new IllegalArgumentException("__metadata__ holds something that is not text, at \"" + k + "\"");
            }
            result.put((String) k, s);
        });
        return result;
    }

    private static Placed placed(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)
                || !(map.get("dtype") instanceof String encoding)
                || !(map.get("shape") instanceof List<?> dims)
                || !(map.get("data_offsets") instanceof List<?> offsets)
                || map.size() != 3
                || offsets.size() != 2) {
            throw new IllegalArgumentException(
                    "the tensor \"" + name + "\" does not have a dtype, a shape and two data_offsets");
        }
        List<Long> shape = new ArrayList<>();
        for (Object d : dims) {
            shape.add(natural(d, name));
        }
        long begin = natural(offsets.get(0), name);
        long end = natural(offsets.get(1), name);
        if (end < begin) {
            throw new IllegalArgumentException("the tensor \"" + name + "\" ends before it begins");
        }
        Integer bits = BITS.get(encoding);
        if (bits != null && bytes(shape, bits / 8, name) != end - begin) {
            throw new IllegalArgumentException("the tensor \"" + name + "\" is " + encoding + shape + " and takes "
                    + bytes(shape, bits / 8, name) + " bytes, the header gives it " + (end - begin));
        }
        return new Placed(new WeightEntry(name, encoding, dtype(encoding), shape, end - begin), begin, end);
    }

    private static long natural(Object value, String name) {
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= 0) {
            return ((Number) value).longValue();
        }
        throw new IllegalArgumentException("the tensor \"" + name + "\" has " + value + " for a length or an offset");
    }

    private static long bytes(List<Long> shape, int width, String name) {
        try {
            return shape.stream().reduce((long) width, Math::multiplyExact);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the tensor \"" + name + "\" is larger than any file: " + shape, e);
        }
    }

    private static Optional<DType> dtype(String encoding) {
        return switch (encoding) {
            case "F32", "F16", "BF16", "F64", "I64", "I32", "BOOL" -> Optional.of(DType.valueOf(encoding));
            default -> Optional.empty();
        };
    }

    /** Holes could smuggle data past a reader and overlaps could alias tensors, so the format allows neither. */
    private static void checkCover(SequencedMap<String, Placed> tensors, long dataBytes) {
        long at = 0;
        List<Placed> inOrder = tensors.values().stream()
                .sorted(Comparator.comparingLong(Placed::begin).thenComparingLong(Placed::end))
                .toList();
        for (Placed p : inOrder) {
            if (p.begin() != at) {
                throw new IllegalArgumentException("the tensor \"" + p.entry().name() + "\" begins at byte " + p.begin()
                        + " where byte " + at + " is due: tensors overlap or leave a hole");
            }
            at = p.end();
        }
        if (at != dataBytes) {
            throw new IllegalArgumentException("the header accounts for " + at + " bytes of data, the file has "
                    + dataBytes + (at > dataBytes ? ": it is cut short" : ""));
        }
    }
}
