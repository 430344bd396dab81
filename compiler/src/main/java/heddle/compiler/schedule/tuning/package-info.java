/** The schedules that a tuner measures. */
package heddle.compiler.schedule.tuning;
