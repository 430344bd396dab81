/** Functions that say where elements lie: transposes, reshapes, parts, copies, look-ups. */
package heddle.compiler.frontend.function.layout;
