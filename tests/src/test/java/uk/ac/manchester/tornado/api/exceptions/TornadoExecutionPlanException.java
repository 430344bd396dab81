package uk.ac.manchester.tornado.api.exceptions;

/** A plan that cannot be executed or closed. */
public class TornadoExecutionPlanException extends Exception {
    public TornadoExecutionPlanException(String reason) {
        super(reason);
    }
}
