package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.JavaText;
import heddle.compiler.backend.source.Names;
import heddle.compiler.schedule.Plan;
import heddle.compiler.type.Dim;
import java.util.List;

/** Writes the file around the kernels: imports, constants, and the two methods that call the kernels. */
record CompilationUnit(JvmTarget target, Plan plan, String className) {
    String text(ClassText members, List<EntryMethod> entries) {
        JavaText out = new JavaText(0);
        writeHead(out);
        out.open("public final class " + className);
        writeConstants(out, members);
        out.line("private " + className + "() {}");
        writeBlocks(out, entries);
        writeRun(out, entries);
        members.methods().forEach(m -> out.blank().append(m));
        members.support().forEach(s -> out.blank().line(s.text()));
        out.close();
        return out.toString();
    }

    private void writeHead(JavaText out) {
        out.line("import java.util.Arrays;");
        out.line("import jdk.incubator.vector.ByteVector;");
        out.line("import jdk.incubator.vector.DoubleVector;");
        out.line("import jdk.incubator.vector.FloatVector;");
        out.line("import jdk.incubator.vector.IntVector;");
        out.line("import jdk.incubator.vector.ShortVector;");
        out.line("import jdk.incubator.vector.VectorMask;");
        out.line("import jdk.incubator.vector.VectorOperators;");
        out.line("import jdk.incubator.vector.VectorShuffle;");
        out.line("import jdk.incubator.vector.VectorSpecies;");
        out.blank();
        out.line("/**");
        out.line(" * The model " + plan.name() + ", compiled by Heddle for vectors of " + target.lanes() + " floats.");
        out.line(" *");
        out.line(
                " * <p>Tensors are dense and row-major; an array may hold several, each from its offset on. A kernel is a");
        out.line(" * loop over blocks that do not depend on each other, so any number of threads can share them out.");
        out.line(" */");
    }

    private void writeConstants(JavaText out, ClassText members) {
        int bits = target.bits();
        out.line("private static final VectorSpecies<Float> F = FloatVector.SPECIES_" + bits + ";");
        out.line("private static final VectorSpecies<Double> D = DoubleVector.SPECIES_" + bits + ";");
        out.line("private static final VectorSpecies<Integer> I = IntVector.SPECIES_" + bits + ";");
        members.constants().forEach(c -> out.line("private static final " + c + ";"));
        out.blank();
    }

    private void writeBlocks(JavaText out, List<EntryMethod> entries) {
        out.blank();
        out.line("/** How many independent blocks an entry has. */");
        out.open("public static long blocks(int entry, long[] lengths)");
        writeLengths(out);
        // A statement, since a switch expression must have a result: a plan may have no kernel at all.
        out.open("switch (entry)");
        for (int i = 0; i < entries.size(); i++) {
            Dim blocks = entries.get(i).blocks();
            out.line("case " + i + " -> { return " + Locals.length(blocks) + "; }");
        }
        out.line("default -> throw new IllegalArgumentException(\"no entry \" + entry);");
        out.close();
        out.close();
    }

    private void writeRun(JavaText out, List<EntryMethod> entries) {
        out.blank();
        out.line("/** Computes the blocks of an entry from {@code from} up to {@code to}. */");
        out.open("public static void run("
                + "int entry, Object[] arrays, int[] offsets, long[] lengths, long from, long to)");
        writeLengths(out);
        out.open("switch (entry)");
        for (int i = 0; i < entries.size(); i++) {
            out.line("case " + i + " -> " + entries.get(i).call() + ";");
        }
        out.line("default -> throw new IllegalArgumentException(\"no entry \" + entry);");
        out.close();
        out.close();
    }

    private void writeLengths(JavaText out) {
        for (int i = 0; i < plan.lengths().size(); i++) {
            out.line("long " + Names.identifier(plan.lengths().get(i)) + " = lengths[" + i + "];");
        }
    }
}
