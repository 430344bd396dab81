/** Descriptions of the machines that schedules are made for. What is decided by them stands in the policies. */
package heddle.compiler.schedule.machine;
