package heddle.compiler.backend.jvm.product;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.ClassText;
import heddle.compiler.backend.jvm.text.Lanes;
import java.util.ArrayList;
import java.util.List;

/**
 * Products of a few rows with a few others, lanes along what is summed. The partial sums of all pairs stay in registers; then their
 * lanes are added by one tree that leaves the sum of each pair in a lane of its own. A sum does not depend on which other pairs are
 * computed with it.
 *
 * @param rows rows of {@code q}
 * @param keys rows of {@code k}: with those of {@code q}, pairs for every lane of one vector or of several, or one pair
 * @param depth  the length of the sum
 * @param own    rows of {@code q}: zeros stand behind the sum
 * @param others rows of {@code k}
 */
record DotKernel(Lanes lanes, int rows, int keys, int depth, Matrix own, Matrix others, Matrix products) {
    /** The kernel as a method: for {@code count} rows of {@code k}, not fewer than its own. */
    String method(ClassText members) {
        return members.shared(
                this,
                "dots" + rows + "x" + keys,
                "Products of " + rows + " rows with {@code count} others, " + keys + " at a time.",
                "void",
                "int count, " + own.declared() + ", " + others.declared() + ", " + products.declared(),
                out -> write(members, out));
    }

    private void write(ClassText members, JavaText out) {
        out.open("for (int n = 0; n < count; n += " + keys + ")");
        out.line("int j = Math.min(n, count - " + keys + ");");
        out.line("int p = " + others.at("j", "0") + ";");
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < keys; k++) {
                out.line("FloatVector " + sum(r, k) + " = FloatVector.zero(F);");
            }
        }
        int whole = depth / lanes.count() * lanes.count();
        if (whole > 0) {
            out.open("for (int d = 0; d < " + whole + "; d += " + lanes.count() + ")");
            writeStep(out, "d", "", "");
            out.close();
        }
        writeRest(members, whole, out);
        writeTree(members, out);
        out.close();
    }

    /**
     * What is left of the terms. It is in the last whole vectors, behind terms that were added before; without such vectors it is
     * followed by what lies behind the row. What does not belong to it becomes zeros: HotSpot gives up on a method with many loads
     * under masks.
     */
    private void writeRest(ClassText members, int whole, JavaText out) {
        int rest = depth - whole;
        if (rest == 0) {
            return;
        }
        int added = whole == 0 ? 0 : lanes.count() - rest;
        String at = String.valueOf(whole - added);
        if (readsBehind()) {
            writeStep(out, at, "", ".blend(0f, " + members.mask(lanes, lane -> lane >= rest) + ")");
        } else if (whole == 0) {
            writeStep(out, at, ", " + members.mask(lanes, lane -> lane < rest), "");
        } else {
            writeStep(out, at, "", ".blend(0f, " + members.mask(lanes, lane -> lane < added) + ")");
        }
    }

    /** Whether there must be as many elements as a vector has, from the beginning of each row on. */
    boolean readsBehind() {
        return depth < lanes.count() && rows * keys > 1;
    }

    /**
     * One vector of each row. What fewer registers hold is loaded once, the other rows one after another.
     *
     * @param mask of keys that are loaded
     * @param zeros what is done with any vector
     */
    private void writeStep(JavaText out, String d, String mask, String zeros) {
        boolean holdsKeys = keys <= rows;
        String unique = d.equals("d") ? "" : d;
        for (int n = 0; n < (holdsKeys ? keys : rows); n++) {
            out.line((holdsKeys ? key(n, d, unique, mask) : query(n, d, unique)) + zeros + ";");
        }
        for (int n = 0; n < (holdsKeys ? rows : keys); n++) {
            out.line((holdsKeys ? query(n, d, unique) : key(n, d, unique, mask)) + zeros + ";");
            for (int m = 0; m < (holdsKeys ? keys : rows); m++) {
                int r = holdsKeys ? n : m;
                int k = holdsKeys ? m : n;
                String x = "q" + unique + "_" + r;
                String y = "k" + unique + "_" + k;
                out.line(sum(r, k) + " = " + x + ".fma(" + y + ", " + sum(r, k) + ");");
            }
        }
    }

    private String key(int k, String d, String unique, String mask) {
        String row = k == 0 ? "p" : "p + " + others.row().times(k);
        return "FloatVector k" + unique + "_" + k + " = FloatVector.fromArray(F, k, " + plus(row, d) + mask + ")";
    }

    private String query(int r, String d, String unique) {
        String row = r == 0 ? "qAt" : "qAt + " + own.row().times(r);
        return "FloatVector q" + unique + "_" + r + " = FloatVector.fromArray(F, q, " + plus(row, d) + ")";
    }

    private static String plus(String base, String d) {
        return d.equals("0") ? base : base + " + " + d;
    }

    private static String sum(int r, int k) {
        return "c" + r + "_" + k;
    }

    private void writeTree(ClassText members, JavaText out) {
        if (rows * keys == 1) {
            for (int half : lanes.halves()) {
                out.line("c0_0 = c0_0.add(c0_0.rearrange(" + members.swap(lanes, half) + "));");
            }
            out.line("s[sAt + j] = c0_0.lane(0);");
            return;
        }
        List<String> pairs = new ArrayList<>();
        for (int r = 0; r < rows; r++) {
            for (int k = 0; k < keys; k++) {
                pairs.add(sum(r, k));
            }
        }
        for (int group = 0; group < pairs.size(); group += lanes.count()) {
            String sums = writeTree(members, out, pairs.subList(group, group + lanes.count()));
            int first = group / keys;
            int last = Math.min(rows, first + Math.max(1, lanes.count() / keys));
            for (int r = first; r < last; r++) {
                writeProducts(members, out, sums, r, (r - first) * keys);
            }
        }
    }

    /**
     * Stores the products of one row. Half a vector of eight is stored as a vector of four: without registers for masks, a store under one
     * takes dozens of steps on some processors.
     *
     * @param lane of the first one
     */
    private void writeProducts(ClassText members, JavaText out, String sums, int row, int lane) {
        int at = row * products.row().value();
        if (keys == 4 && lanes.count() == 8) {
            String half = lane == 0 ? sums : sums + ".rearrange(" + members.swap(lanes, keys) + ")";
            out.line("((FloatVector) " + half + ".reinterpretShape(FloatVector.SPECIES_128, 0)).intoArray(s, sAt + "
                    + at + " + j);");
            return;
        }
        String mask = keys == lanes.count() ? "" : ", " + members.mask(lanes, l -> l >= lane && l < lane + keys);
        out.line(sums + ".intoArray(s, sAt + " + (at - lane) + " + j" + mask + ");");
    }

    /** Each step adds two halves of the lanes of two vectors, and puts the results of both into one. */
    private String writeTree(ClassText members, JavaText out, List<String> vectors) {
        List<String> level = vectors;
        for (int half : lanes.halves()) {
            String upper = members.mask(lanes, lane -> (lane & half) != 0);
            String swap = members.swap(lanes, half);
            for (int n = 0; n < half; n++) {
                String a = level.get(n);
                String b = level.get(n + half);
                out.line(a + " = " + a + ".blend(" + b + ", " + upper + ").add(" + b + ".blend(" + a + ", " + upper
                        + ").rearrange(" + swap + "));");
            }
            level = level.subList(0, half);
        }
        return level.getFirst();
    }
}
