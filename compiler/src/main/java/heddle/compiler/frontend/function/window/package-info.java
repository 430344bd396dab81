/** Functions of windows that move over the trailing axes: convolution, pooling, resizing. */
package heddle.compiler.frontend.function.window;
