package uk.ac.manchester.tornado.api.exceptions;

/** A task graph that asks for what cannot be done. */
public class TornadoRuntimeException extends RuntimeException {
    public TornadoRuntimeException(String message) {
        super(message);
    }
}
