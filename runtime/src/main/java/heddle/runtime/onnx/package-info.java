/** ONNX files, read as they are: their graph, its nodes and tensors. */
package heddle.runtime.onnx;
