package heddle.compiler.tile;

import java.util.Locale;

/** A schedule's choice is not legal for its program. */
public final class IllegalSchedule extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String choice;
    private final String why;

    /** @param choice that is not legal @param why it is not */
    public IllegalSchedule(TileProgram program, String choice, String why) {
        super("the schedule of " + program.name() + " is not legal: " + choice + ": " + why);
        this.choice = choice;
        this.why = why;
    }

    /** The rule that is broken. */
    public String why() {
        return why;
    }

    /** What is not legal, in words, for one that no choice of a file is; empty where the rule says it all. */
    public String choice() {
        return choice.contains(" ") ? choice : "";
    }

    /** Whether it is this choice that is not legal. */
    public boolean isAbout(Choice other) {
        return choice.equals(other.toString()) || (choice + " ").startsWith(begin(other) + " ");
    }

    /** How a choice is called in words, without its number. */
    private static String begin(Choice choice) {
        return switch (choice) {
            case Choice.Unroll unroll -> "unroll " + unroll.tile() + " over " + unroll.axis();
            default -> choice.getClass().getSimpleName().toLowerCase(Locale.ROOT) + " " + choice.subject();
        };
    }
}
