/**
 * The device of the double of TornadoVM's API: task graphs, device memory, and work-groups on virtual threads. Classes of kernels are changed
 * when they are loaded so that each access and barrier is checked.
 */
package heddle.tests.tornado.device;
