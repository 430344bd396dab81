package heddle.runtime.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Shares texts out into runs of about so many tokens. */
public final class Packing {
    /**
     * About how many tokens a run takes unless something else is said: runs are long enough then that a kernel's start costs little, and
     * what they hold stays in the caches.
     */
    public static final int BUDGET = 1024;

    private Packing() {}

    /**
     * Runs of texts that lie end to end. The longest are placed first, each where the least room is left, so that packs are full.
     *
     * @param lengths of the texts
     * @param budget  the most tokens of a pack; a longer text has one to itself
     * @return the texts of each pack, by index
     */
    public static List<List<Integer>> endToEnd(int[] lengths, int budget) {
        List<List<Integer>> packs = new ArrayList<>();
        TreeMap<Integer, List<List<Integer>>> byRoom = new TreeMap<>();
        for (int i : longestFirst(lengths)) {
            var fits = byRoom.ceilingEntry(lengths[i]);
            List<Integer> pack;
            int room;
            if (fits == null) {
                pack = new ArrayList<>();
                packs.add(pack);
                room = budget;
            } else {
                pack = fits.getValue().removeLast();
                room = fits.getKey();
                if (fits.getValue().isEmpty()) {
                    byRoom.remove(room);
                }
            }
            pack.add(i);
            int left = room - lengths[i];
            if (left > 0) {
                byRoom.computeIfAbsent(left, r -> new ArrayList<>()).add(pack);
            }
        }
        return packs;
    }

    /**
     * Runs of texts that have a row each: texts of like length together, so that little is padded.
     *
     * @param budget the most tokens of all rows with their padding; a longer text has a run to itself
     */
    public static List<List<Integer>> inRows(int[] lengths, int budget) {
        List<List<Integer>> packs = new ArrayList<>();
        int width = 0;
        for (int i : longestFirst(lengths)) {
            if (packs.isEmpty() || (packs.getLast().size() + 1L) * width > budget) {
                packs.add(new ArrayList<>());
                width = lengths[i];
            }
            packs.getLast().add(i);
        }
        return packs;
    }

    private static int[] longestFirst(int[] lengths) {
        Integer[] order = new Integer[lengths.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(i -> -lengths[i]));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
}
