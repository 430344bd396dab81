package heddle.compiler.schedule.machine;

/** What a policy knows of the machine that it makes schedules for. The machine need not be there. */
public sealed interface Machine permits Processor, Device {
    /** As a machine file and listings name it. */
    String name();

    /** @throws IllegalArgumentException when a figure is not within its bounds; the message says which are */
    static void check(String field, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(field + " is " + value + ", and must be from " + least + " to " + most);
        }
    }
}
