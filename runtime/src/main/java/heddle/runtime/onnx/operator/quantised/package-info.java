/** Numbers of few bits: weights that stay packed, and activations that a file rounds. */
package heddle.runtime.onnx.operator.quantised;
