package uk.ac.manchester.tornado.api.enums;

/** The kinds of code that TornadoVM writes for devices. */
public enum TornadoVMBackendType {
    OPENCL
}
