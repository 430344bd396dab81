package heddle.cli.compare;

import heddle.cli.compare.ComparedReport.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lines of one file that differ, with lines around them.
 *
 * @param file  its name in the second report, else in the first
 * @param hunks what differs, in the order of the file
 */
record SourceDifference(String file, List<Hunk> hunks) {
    /** Lines around a difference. */
    private static final int AROUND = 3;

    /** Tables above this size are not made; all of the middle then counts as written anew. */
    private static final long MOST = 16_000_000;

    /** Lines that follow each other. */
    record Hunk(List<Line> lines) {}

    /**
     * A line.
     *
     * @param sign   a space, {@code -} or {@code +}
     * @param before its number in the first file, from 1; 0 where it is not there
     * @param now    its number in the second
     */
    record Line(char sign, int before, int now, String text) {}

    /** Of all files that differ. Files are the same when their names end alike; the first is the model of each. */
    static List<SourceDifference> of(List<Source> a, List<Source> b) {
        List<SourceDifference> all = new ArrayList<>();
        Set<Source> taken = new HashSet<>();
        for (int n = 0; n < b.size(); n++) {
            Source now = b.get(n);
            Optional<Source> before = n == 0
                    ? a.stream().findFirst()
                    : a.stream()
                            .skip(1)
                            .filter(s -> !taken.contains(s) && ending(s).equals(ending(now)))
                            .findFirst();
            before.ifPresent(taken::add);
            add(now.name(), before.map(Source::lines).orElse(List.of()), now.lines(), all);
        }
        a.stream().filter(s -> !taken.contains(s)).forEach(s -> add(s.name(), s.lines(), List.of(), all));
        return all;
    }

    private static String ending(Source source) {
        return source.name().substring(source.name().lastIndexOf('/') + 1);
    }

    private static void add(String name, List<String> a, List<String> b, List<SourceDifference> all) {
        List<Hunk> hunks = hunks(lines(a, b));
        if (!hunks.isEmpty()) {
            all.add(new SourceDifference(name, hunks));
        }
    }

    int added() {
        return count('+');
    }

    int removed() {
        return count('-');
    }

    private int count(char sign) {
        return (int) hunks.stream()
                .flatMap(h -> h.lines().stream())
                .filter(l -> l.sign() == sign)
                .count();
    }

    /** Both files as one, by a longest common subsequence. */
    private static List<Line> lines(List<String> a, List<String> b) {
        int head = 0;
        while (head < a.size() && head < b.size() && a.get(head).equals(b.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < Math.min(a.size(), b.size()) - head
                && a.get(a.size() - 1 - tail).equals(b.get(b.size() - 1 - tail))) {
            tail++;
        }
        List<Line> all = new ArrayList<>();
        for (int i = 0; i < head; i++) {
            all.add(new Line(' ', i + 1, i + 1, b.get(i)));
        }
        middle(a.subList(head, a.size() - tail), b.subList(head, b.size() - tail), head, all);
        for (int i = tail; i > 0; i--) {
            all.add(new Line(' ', a.size() - i + 1, b.size() - i + 1, b.get(b.size() - i)));
        }
        return all;
    }

    private static void middle(List<String> a, List<String> b, int head, List<Line> all) {
        boolean small = (long) a.size() * b.size() <= MOST;
        int[][] common = new int[small ? a.size() + 1 : 1][small ? b.size() + 1 : 1];
        for (int i = small ? a.size() - 1 : -1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = a.get(i).equals(b.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            if (small && i < a.size() && j < b.size() && a.get(i).equals(b.get(j))) {
                all.add(new Line(' ', head + ++i, head + ++j, b.get(j - 1)));
            } else if (i < a.size() && (j == b.size() || !small || common[i + 1][j] >= common[i][j + 1])) {
                all.add(new Line('-', head + ++i, 0, a.get(i - 1)));
            } else {
                all.add(new Line('+', 0, head + ++j, b.get(j - 1)));
            }
        }
    }

    private static List<Hunk> hunks(List<Line> lines) {
        List<Hunk> hunks = new ArrayList<>();
        int end = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).sign() == ' ') {
                continue;
            }
            int from = Math.max(0, i - AROUND);
            int to = Math.min(lines.size(), i + AROUND + 1);
            boolean joins = !hunks.isEmpty() && from <= end;
            List<Line> hunk = joins ? new ArrayList<>(hunks.removeLast().lines()) : new ArrayList<>();
            hunk.addAll(lines.subList(joins ? end : from, Math.max(end, to)));
            hunks.add(new Hunk(Collections.unmodifiableList(hunk)));
            end = Math.max(end, to);
        }
        return hunks;
    }
}
