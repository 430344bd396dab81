package heddle.runtime.tornado;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A device that TornadoVM can run kernels on.
 *
 * @param backend      number of its backend
 * @param number       of the device in that backend
 * @param api          {@code OPENCL}, {@code CUDA}, {@code PTX}, {@code SPIRV}, {@code METAL}
 * @param type         {@code CPU}, {@code GPU}, {@code ACCELERATOR}, {@code FPGA}
 * @param name         as its driver has it
 * @param platform     that the driver belongs to
 * @param memory       bytes
 * @param allocation   bytes that one buffer can have
 * @param local        bytes of local memory of a work-group
 * @param units        that compute independently
 * @param groupThreads threads that a work-group can have
 * @param driver       version of its driver, empty where TornadoVM does not know it
 */
public record TornadoDevice(
        int backend,
        int number,
        String api,
        String type,
        String name,
        String platform,
        long memory,
        long allocation,
        long local,
        int units,
        int groupThreads,
        String driver) {
    private static final int FIELDS = 12;

    /** A line of the probe. */
    static TornadoDevice parse(String line) {
        String[] f = line.split("\t", -1);
        if (f.length != FIELDS) {
            throw new IllegalArgumentException("not a device: " + line);
        }
        return new TornadoDevice(
                Integer.parseInt(f[0]),
                Integer.parseInt(f[1]),
                f[2],
                f[3],
                f[4],
                f[5],
                Long.parseLong(f[6]),
                Long.parseLong(f[7]),
                Long.parseLong(f[8]),
                Integer.parseInt(f[9]),
                (int) Math.min(Long.parseLong(f[10]), Integer.MAX_VALUE),
                f[11]);
    }

    /** All of it, as a line of the probe. */
    public String line() {
        return Stream.of(
                        backend,
                        number,
                        api,
                        type,
                        name,
                        platform,
                        memory,
                        allocation,
                        local,
                        units,
                        groupThreads,
                        driver)
                .map(String::valueOf)
                .collect(Collectors.joining("\t"));
    }

    /** {@code 0:1}, what TornadoVM and {@code --device} call it. */
    public String id() {
        return backend + ":" + number;
    }

    /** Whether it is more than this machine's own processors, which the jvm target uses better. */
    public boolean isAccelerator() {
        return !type.equals("CPU");
    }

    /**
     * Whether functions are good to the last digits. TornadoVM writes PTX's approximations: {@code tanh} to three digits,
     * {@code sin} and {@code cos} of small angles alone, and those of doubles as floats.
     *
     * @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/">PTX, tanh.approx</a>
     */
    public boolean isPrecise() {
        return !api.equals("PTX");
    }

    /** {@code 0:0 OpenCL CPU, cpu-haswell}. */
    @Override
    public String toString() {
        return id() + " " + (api.equals("OPENCL") ? "OpenCL" : api.equals("METAL") ? "Metal" : api) + " "
                + (type.length() > 3 ? type.toLowerCase(Locale.ROOT) : type) + ", " + name;
    }
}
