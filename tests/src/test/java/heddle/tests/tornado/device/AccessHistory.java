package heddle.tests.tornado.device;

/**
 * Who wrote and who read each element of an array last, which finds accesses that nothing orders. Between threads of a group barriers
 * order them: each starts a new epoch. Nothing orders groups.
 *
 * <p>An access is a {@code long}: group, epoch, thread and source line, none of whose values is zero for an access that was. Threads run one
 * at a time, so every conflict is found whatever their order: the second access meets the first one's mark.
 */
final class AccessHistory {
    private static final int PAGE_BITS = 10;
    private static final int PAGE_MASK = (1 << PAGE_BITS) - 1;
    private static final int LINE_BITS = 16;
    private static final int THREAD_BITS = 12;
    private static final int EPOCH_BITS = 16;
    private static final int EPOCH_SHIFT = LINE_BITS + THREAD_BITS;
    private static final int GROUP_SHIFT = EPOCH_SHIFT + EPOCH_BITS;
    private static final int SEVERAL_THREADS = (1 << THREAD_BITS) - 1;
    private static final int SEVERAL_GROUPS = (1 << (Long.SIZE - GROUP_SHIFT)) - 1;

    static final int MOST_LINES = 1 << LINE_BITS;
    static final int MOST_THREADS = SEVERAL_THREADS;
    static final int MOST_EPOCHS = 1 << EPOCH_BITS;
    static final int MOST_GROUPS = SEVERAL_GROUPS - 1;

    private final long[][] writes;
    private final long[][] reads;

    AccessHistory(int size) {
        int pages = (size + PAGE_MASK) >>> PAGE_BITS;
        this.writes = new long[pages][];
        this.reads = new long[pages][];
    }

    /** Group, epoch and thread of an access; its line is still to be added. */
    static long access(int group, int epoch, int thread) {
        return (long) (group + 1) << GROUP_SHIFT | (long) epoch << EPOCH_SHIFT | (long) thread << LINE_BITS;
    }

    boolean written(int index) {
        long[] page = writes[index >>> PAGE_BITS];
        return page != null && page[index & PAGE_MASK] != 0;
    }

    /** Notes a read; the earlier write that it conflicts with, or 0. */
    long read(int index, long access) {
        long[] writers = writes[index >>> PAGE_BITS];
        if (writers != null && conflict(writers[index & PAGE_MASK], access)) {
            return writers[index & PAGE_MASK];
        }
        long[] readers = page(reads, index);
        readers[index & PAGE_MASK] = merge(readers[index & PAGE_MASK], access);
        return 0;
    }

    /** Notes a write; the earlier access that it conflicts with, or 0. */
    long write(int index, long access) {
        long[] readers = reads[index >>> PAGE_BITS];
        if (readers != null && conflict(readers[index & PAGE_MASK], access)) {
            return readers[index & PAGE_MASK];
        }
        long[] writers = page(writes, index);
        long earlier = writers[index & PAGE_MASK];
        writers[index & PAGE_MASK] = access;
        return conflict(earlier, access) ? earlier : 0;
    }

    /** Who made an access, and where, as a thread in conflict with it sees it. */
    static String who(long access, KernelThread thread) {
        String line = " at line " + (access & (MOST_LINES - 1));
        long other = (access >>> GROUP_SHIFT) - 1;
        if (other + 1 == SEVERAL_GROUPS) {
            return "several groups" + line;
        }
        if (other != thread.group()) {
            return "group " + other + line;
        }
        long index = access >>> LINE_BITS & SEVERAL_THREADS;
        return (index == SEVERAL_THREADS ? "several threads" : "thread " + index) + line;
    }

    private static boolean conflict(long earlier, long access) {
        if (earlier == 0) {
            return false;
        }
        long difference = earlier ^ access;
        if (difference >>> GROUP_SHIFT != 0) {
            return true;
        }
        return difference >>> EPOCH_SHIFT == 0 && difference >>> LINE_BITS != 0;
    }

    /** Of two reads what later writes have to know: the later one, or that several threads or groups read. */
    private static long merge(long earlier, long access) {
        if (earlier == 0) {
            return access;
        }
        long difference = earlier ^ access;
        if (difference >>> GROUP_SHIFT != 0) {
            return earlier | (long) SEVERAL_GROUPS << GROUP_SHIFT;
        }
        boolean sameEpoch = difference >>> EPOCH_SHIFT == 0;
        boolean sameThread = difference >>> LINE_BITS == 0;
        return sameEpoch && !sameThread ? earlier | (long) SEVERAL_THREADS << LINE_BITS : access;
    }

    private static long[] page(long[][] pages, int index) {
        long[] page = pages[index >>> PAGE_BITS];
        if (page == null) {
            page = new long[PAGE_MASK + 1];
            pages[index >>> PAGE_BITS] = page;
        }
        return page;
    }
}
