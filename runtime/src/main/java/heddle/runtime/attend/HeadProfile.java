package heddle.runtime.attend;

/**
 * Where a head attends to, on average over the queries that are not separators. The shares add up to one.
 *
 * @param separators share on separator tokens
 * @param self       share on the token itself
 * @param previous   share on the token before
 * @param next       share on the token after
 * @param near       share on other tokens less than {@link #DISTANT} away
 * @param distant    share on tokens at least that far away
 * @param meanReach  expected distance in tokens, without separators
 */
public record HeadProfile(
        double separators, double self, double previous, double next, double near, double distant, double meanReach) {
    /** From how many tokens on a token counts as distant. */
    public static final int DISTANT = 4;

    /** The profile of one head. */
    public static HeadProfile of(float[][] probabilities, boolean[] separator) {
        double[] shares = new double[6];
        double reach = 0;
        double reachShare = 0;
        double total = 0;
        for (int i = 0; i < probabilities.length; i++) {
            if (separator[i]) {
                continue;
            }
            for (int j = 0; j < probabilities[i].length; j++) {
                double p = probabilities[i][j];
                shares[kind(i, j, separator)] += p;
                total += p;
                if (!separator[j]) {
                    reach += p * Math.abs(i - j);
                    reachShare += p;
                }
            }
        }
        double n = total == 0 ? 1 : total;
        return new HeadProfile(
                shares[0] / n,
                shares[1] / n,
                shares[2] / n,
                shares[3] / n,
                shares[4] / n,
                shares[5] / n,
                reachShare == 0 ? 0 : reach / reachShare);
    }

    private static int kind(int i, int j, boolean[] separator) {
        if (separator[j]) {
            return 0;
        }
        return switch (j - i) {
            case 0 -> 1;
            case -1 -> 2;
            case 1 -> 3;
            default -> Math.abs(i - j) < DISTANT ? 4 : 5;
        };
    }

    /** The share on the tokens on either side. */
    public double neighbours() {
        return previous + next;
    }

    /** Where the head attends most: separators, if they get more than half, otherwise what {@link #words} says. */
    public String label() {
        return separators > 0.5 ? "separators" : words();
    }

    /** Where the head attends most, without separators. Heads with nothing to say attend to separators. */
    public String words() {
        double most = Math.max(self, Math.max(neighbours(), Math.max(near, distant)));
        if (most == neighbours()) {
            return previous > 2 * next ? "previous token" : next > 2 * previous ? "next token" : "neighbours";
        }
        return most == self ? "itself" : most == distant ? "distant tokens" : "nearby tokens";
    }
}
