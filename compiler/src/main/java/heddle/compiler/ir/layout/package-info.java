/** Lays out drawings of acyclic graphs (Sugiyama, Tagawa and Toda 1981): layers, order in a layer, positions. */
package heddle.compiler.ir.layout;
