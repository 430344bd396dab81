package heddle.compiler.tile;

/** A schedule's choice is not legal for its program. */
public final class IllegalSchedule extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** @param choice that is not legal @param why it is not */
    public IllegalSchedule(TileProgram program, String choice, String why) {
        super("the schedule of " + program.name() + " is not legal: " + choice + ": " + why);
    }
}
