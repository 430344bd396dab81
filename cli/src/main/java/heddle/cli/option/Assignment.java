package heddle.cli.option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** What an option gives a name: {@code N=512}. */
record Assignment(String name, String value) {
    /** Reads {@code NAME=VALUE}. */
    static final class Converter implements ITypeConverter<Assignment> {
        @Override
        public Assignment convert(String text) {
            int sign = text.indexOf('=');
            if (sign < 1) {
                throw new TypeConversionException("'" + text + "' is not a name, =, and a value");
            }
            return new Assignment(text.substring(0, sign), text.substring(sign + 1));
        }
    }

    /** The same with the model's name for the file's. */
    Assignment known(ImportedNames names) {
        return new Assignment(names.known(name), value);
    }

    /**
     * The values by name, in order.
     *
     * @param read what a value means
     * @throws ParameterException when a name has two values
     */
    static <T> SequencedMap<String, T> byName(
            CommandSpec spec, String option, List<Assignment> assignments, Function<Assignment, T> read) {
        SequencedMap<String, Assignment> known = new LinkedHashMap<>();
        SequencedMap<String, T> values = new LinkedHashMap<>();
        for (Assignment a : assignments) {
            Assignment before = known.putIfAbsent(a.name, a);
            if (before != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        option + " gives " + a.name + " twice: " + before.value + " and " + a.value);
            }
            values.put(a.name, read.apply(a));
        }
        return values;
    }
}
