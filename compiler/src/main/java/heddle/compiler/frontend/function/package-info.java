/** The functions of the language, one file each; the catalogue lists them. */
package heddle.compiler.frontend.function;
