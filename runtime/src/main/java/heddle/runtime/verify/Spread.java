package heddle.runtime.verify;

import heddle.compiler.ir.NdArray;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * How far apart runs of a model in inexact arithmetic are, at some elements of an output, and which elements of a result
 * that explains. Runs are added one by one; none is kept.
 */
public final class Spread {
    /** A result may be this many times as far off as any run. */
    private static final double TIMES = 4;

    private final NdArray exact;
    private final IntToDoubleFunction result;
    private final Tolerance near;
    private final int[] elements;
    private final double[] distance;
    private final double[] first;
    private final boolean[] explained;
    private boolean any;

    /**
     * @param exact    the output in double precision
     * @param result   the elements that are judged, by position
     * @param near     how near a run an element must be
     * @param elements the positions that are judged
     */
    public Spread(NdArray exact, IntToDoubleFunction result, Tolerance near, int... elements) {
        this.exact = exact;
        this.result = result;
        this.near = near;
        this.elements = elements;
        this.distance = new double[elements.length];
        this.first = new double[elements.length];
        this.explained = new boolean[elements.length];
        for (int n = 0; n < elements.length; n++) {
            explained[n] = near.excess(result.applyAsDouble(elements[n]), exact.data()[elements[n]]) <= 0;
        }
    }

    /** Adds a run. */
    public void add(NdArray run) {
        for (int n = 0; n < elements.length; n++) {
            double x = run.data()[elements[n]];
            if (!any) {
                first[n] = kind(x);
            }
            double off = Math.abs(x - exact.data()[elements[n]]);
            distance[n] = Double.isFinite(off) ? Math.max(off, distance[n]) : distance[n];
            explained[n] |= isExplained(n, x);
        }
        any = true;
    }

    /**
     * An element is explained when it is near a run, or off the exact value by no more than runs are. Where some runs give
     * a number and others none, it depends on what is too large or too small for a type, and any of them may come of it.
     */
    private boolean isExplained(int n, double run) {
        double got = result.applyAsDouble(elements[n]);
        boolean varies = Double.compare(kind(run), first[n]) != 0;
        return near.excess(got, run) <= 0
                || !Double.isFinite(got) && varies
                || near.excess(got, exact.data()[elements[n]]) <= TIMES * distance[n];
    }

    /** The same for all numbers. */
    private static double kind(double x) {
        return Double.isFinite(x) ? 0 : x;
    }

    /** The elements that the runs so far do not explain. */
    public int[] unexplained() {
        int[] left = new int[elements.length];
        int count = 0;
        for (int n = 0; n < elements.length; n++) {
            if (!explained[n]) {
                left[count++] = elements[n];
            }
        }
        return Arrays.copyOf(left, count);
    }
}
