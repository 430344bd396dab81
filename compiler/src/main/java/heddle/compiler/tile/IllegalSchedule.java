package heddle.compiler.tile;

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

    /** Whether it is this choice that is not legal. */
    public boolean isAbout(Choice other) {
        return choice.equals(other.toString())
                || other instanceof Choice.Cut c && choice.equals("cut " + c.loop() + " " + c.size())
                || other instanceof Choice.Unroll u
                        && choice.startsWith("unroll " + u.tile() + " over " + u.axis() + " ")
                || other instanceof Choice.Place p && choice.equals("place " + p.tile())
                || other instanceof Choice.Bind b && (choice + " ").startsWith("bind " + b.axis() + " ");
    }
}
