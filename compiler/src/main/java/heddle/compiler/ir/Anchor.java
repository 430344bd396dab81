package heddle.compiler.ir;

/** An operation that a kernel may be made around: pointwise operations before and behind it become part of the kernel. */
public interface Anchor extends Op {}
