package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import java.util.List;
import java.util.function.Function;

/** Writes the file around the kernels: imports, constants, and the two methods that call the kernels. */
record CompilationUnit(Processor target, Plan plan, String className) {
    private static final List<String> VECTORS = List.of(
            "ByteVector",
            "DoubleVector",
            "FloatVector",
            "IntVector",
            "LongVector",
            "ShortVector",
            "VectorMask",
            "VectorOperators",
            "VectorShuffle",
            "VectorSpecies");

    /** The classes of vectors whose species are constants, called by their first letter. */
    private static final List<String> SPECIES = List.of("FloatVector", "DoubleVector", "IntVector", "LongVector");

    JavaText text(ClassText members, List<EntryMethod> entries) {
        JavaText body = new JavaText(1);
        body.line("private " + className + "() {}");
        writeCases(
                body,
                "How many independent blocks an entry has.",
                "long blocks(int entry, long[] lengths)",
                entries,
                e -> "{ return " + e.count() + "; }");
        writeCases(
                body,
                "Computes some blocks of an entry, with {@link #TILES} floats of {@code tiles}.",
                "void run(int entry, Object[] arrays, int[] offsets, long[] lengths, float[] tiles, int tilesAt, long from,"
                        + " long to)",
                entries,
                e -> e.call() + ";");
        members.methods().forEach(m -> body.blank().append(m));
        members.support().forEach(s -> body.blank().line(s.text()));
        JavaText constants = new JavaText(1);
        constants.line("/** Floats of memory that a thread has to itself while it computes blocks. */");
        constants.line("public static final int TILES = " + tiles(entries) + ";");
        writeConstants(constants, members, body.toString());
        JavaText out = new JavaText(0);
        writeHead(out, constants + body.toString());
        out.open("public final class " + className);
        out.append(constants).blank().append(body);
        return out.close();
    }

    /** Floats that a thread needs for any entry. */
    static int tiles(List<EntryMethod> entries) {
        return entries.stream().mapToInt(EntryMethod::tiles).max().orElse(0);
    }

    /** @param code what the class holds, which decides what is imported */
    private void writeHead(JavaText out, String code) {
        if (code.contains("VarHandle.")) {
            out.line("import java.lang.invoke.VarHandle;");
        }
        if (code.contains("Arrays.")) {
            out.line("import java.util.Arrays;");
        }
        for (String name : VECTORS) {
            if (code.contains(name)) {
                out.line("import jdk.incubator.vector." + name + ";");
            }
        }
        out.blank();
        out.line("/**");
        out.line(" * The model " + plan.name() + ", compiled by Heddle for vectors of " + target.lanes() + " floats.");
        out.line(" *");
        out.line(
                " * <p>Tensors are dense and row-major; an array may hold several, each from its offset on. A kernel is a");
        out.line(" * loop over blocks that do not depend on each other, so any number of threads can share them out.");
        out.line(" */");
    }

    /** @param code what the methods say, which decides what species there are */
    private void writeConstants(JavaText out, ClassText members, String code) {
        SPECIES.forEach(vector -> {
            String constant = vector.substring(0, 1);
            if (code.contains(vector) || members.constants().stream().anyMatch(c -> c.contains("(" + constant + ","))) {
                String boxed = vector.replace("Vector", "").replaceAll("^Int$", "Integer");
                out.line("private static final VectorSpecies<" + boxed + "> " + constant + " = " + vector + ".SPECIES_"
                        + target.bits() + ";");
            }
        });
        members.constants().forEach(c -> out.line("private static final " + c + ";"));
    }

    /** A method with a case for each entry. */
    private void writeCases(
            JavaText out, String comment, String head, List<EntryMethod> entries, Function<EntryMethod, String> of) {
        out.blank();
        out.line("/** " + comment + " */");
        out.open("public static " + head);
        for (int i = 0; i < plan.lengths().size(); i++) {
            out.line("long " + Names.length(plan.lengths().get(i)) + " = lengths[" + i + "];");
        }
        // A statement, since a switch expression must have a result: a plan may have no kernel at all.
        out.open("switch (entry)");
        for (int i = 0; i < entries.size(); i++) {
            out.line("case " + i + " -> " + of.apply(entries.get(i)));
        }
        out.line("default -> throw new IllegalArgumentException(\"no entry \" + entry);");
        out.close().close();
    }
}
