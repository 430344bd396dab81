/** Looks for schedules of kernels that are faster than those that a policy makes, by measuring them. */
package heddle.cli.tune;
