/** Operations that say where elements lie and calculate nothing: views, copies, gathers. Lowering turns them into addresses. */
package heddle.compiler.op.layout;
