package uk.ac.manchester.tornado.api.common;

/** How a task uses an array. */
public enum Access {
    READ_ONLY,
    WRITE_ONLY,
    READ_WRITE
}
