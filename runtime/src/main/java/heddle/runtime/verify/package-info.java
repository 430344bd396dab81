/** Compares results with the reference, a plain interpreter in double precision. */
package heddle.runtime.verify;
