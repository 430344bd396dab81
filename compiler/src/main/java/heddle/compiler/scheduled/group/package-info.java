/**
 * Applies schedules for devices: which threads have what of a tile, what a group holds in local memory, and where its threads wait for
 * each other.
 */
package heddle.compiler.scheduled.group;
