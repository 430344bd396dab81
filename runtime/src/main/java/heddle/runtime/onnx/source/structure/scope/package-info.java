/** Scopes that definitions lie in: which names they share, and blocks of those that belong together. */
package heddle.runtime.onnx.source.structure.scope;
