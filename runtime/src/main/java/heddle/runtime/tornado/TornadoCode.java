package heddle.runtime.tornado;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of reasons why the tornado target cannot be used, or cannot finish a run (H11xx). */
public enum TornadoCode implements DiagnosticCode {
    SDK_MISSING("H1101", "No TornadoVM SDK was found"),
    SDK_DAMAGED("H1102", "A directory is not a TornadoVM SDK"),
    SDK_JAVA("H1103", "The TornadoVM SDK is for another JDK"),
    DEVICE_MISSING("H1104", "TornadoVM finds no device"),
    WORKER_START("H1105", "The TornadoVM worker does not start"),
    DEVICE_MEMORY("H1106", "The device has too little memory"),
    WORKER_DIED("H1107", "The driver of the device crashed, or its worker was killed"),
    TIME_LIMIT("H1108", "A run took longer than its time limit"),
    OUTPUTS_DIFFER("H1109", "The device's results differ from those of the jvm target"),
    LIBRARY_MISSING("H1110", "Library tasks are not available"),
    KERNEL_RESOURCES("H1111", "The device gave a kernel up"),
    KERNEL_TOO_LARGE("H1112", "A kernel is too large for the device"),
    SETTING("H1113", "A setting of TornadoVM is wrong");

    private final String id;
    private final String title;

    TornadoCode(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
