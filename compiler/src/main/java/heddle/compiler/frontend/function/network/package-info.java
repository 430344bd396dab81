/** Functions of neural networks: normalisations, rotations, what only training needs. */
package heddle.compiler.frontend.function.network;
