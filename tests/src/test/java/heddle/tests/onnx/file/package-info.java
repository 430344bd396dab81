/** ONNX files as exporters write them, made for tests, and ONNX Runtime, which runs them. */
package heddle.tests.onnx.file;
