/** Checks the inputs of a run, finds the lengths that they imply, and makes random inputs. */
package heddle.runtime.input;
