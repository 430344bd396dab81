/** Divides a graph into regions that become one kernel each, and decides which results are stored between them. */
package heddle.compiler.schedule.partition;
