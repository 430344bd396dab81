/** Writes the methods of a generated class that multiply tiles, from loops over blocks down to what is in registers. */
package heddle.compiler.backend.jvm.product;
