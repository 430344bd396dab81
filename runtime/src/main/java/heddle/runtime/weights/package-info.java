/** Reads weight files (safetensors and ONNX) and binds their tensors to a model's weights. */
package heddle.runtime.weights;
