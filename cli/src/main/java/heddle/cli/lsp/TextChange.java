package heddle.cli.lsp;

/**
 * The one place in which two texts differ: what is before and behind it is the same in both.
 *
 * @param start  where they begin to differ
 * @param before the end of the place in the first text
 * @param after  its end in the second
 */
record TextChange(int start, int before, int after) {
    /** Between equal texts. */
    static final TextChange NONE = new TextChange(0, 0, 0);

    static TextChange between(String first, String second) {
        int most = Math.min(first.length(), second.length());
        int start = 0;
        while (start < most && first.charAt(start) == second.charAt(start)) {
            start++;
        }
        int same = 0;
        while (same < most - start
                && first.charAt(first.length() - 1 - same) == second.charAt(second.length() - 1 - same)) {
            same++;
        }
        return new TextChange(start, first.length() - same, second.length() - same);
    }

    /** Whether the character at an offset of the first text is in the second, too. */
    boolean keeps(int offset) {
        return offset < start || offset >= before;
    }

    /** Where an offset of the first text is in the second. */
    int moved(int offset) {
        return offset < start ? offset : offset >= before ? offset + after - before : start;
    }

    /** Where an offset of the second text was in the first. */
    int origin(int offset) {
        return new TextChange(start, after, before).moved(offset);
    }
}
