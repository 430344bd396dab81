/** Runs what the tornado target generates: on a double of TornadoVM in every build. */
package heddle.tests.tornado;
