package heddle.tests.tornado.device;

/**
 * What the device of the double offers: bytes of local memory for a group, and the most threads in one.
 *
 * @param localBytes   local memory of a group
 * @param groupThreads most threads of a group, at most 4094
 */
public record DeviceLimits(long localBytes, int groupThreads) {
    /** What every GPU offers. */
    public static final DeviceLimits ANY = new DeviceLimits(32 * 1024, 256);

    /** The limits for the plans made in a scope; {@link #ANY} where none are bound. */
    public static final ScopedValue<DeviceLimits> CURRENT = ScopedValue.newInstance();
}
