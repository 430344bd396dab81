/** Runs ONNX files with ONNX Runtime, where that is on the class path, and compares what Heddle makes of them with it. */
package heddle.cli.onnx;
