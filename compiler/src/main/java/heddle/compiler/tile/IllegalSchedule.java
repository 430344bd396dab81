package heddle.compiler.tile;

/** A schedule's choice is not legal for its program. */
public final class IllegalSchedule extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    IllegalSchedule(TileProgram program, String choice, String why) {
        super("the schedule of " + program.name() + " is not legal: " + choice + ": " + why);
    }
}
