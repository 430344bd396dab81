package heddle.tests.tornado.device;

import java.util.concurrent.locks.LockSupport;

/**
 * A virtual thread that runs threads of groups. Of a launch's workers one runs at a time: it holds the baton, and hands it on when its kernel's
 * thread waits at a barrier or the group has ended. So kernels without barriers run as plain loops, and all are deterministic.
 */
final class Worker implements Runnable {
    /** Unwinds a kernel's thread that waits at a barrier when its launch is given up. */
    static final class Abandoned extends RuntimeException {
        Abandoned() {
            super("the launch was given up", null, false, false);
        }
    }

    private final Launch launch;
    private final Thread thread;
    private volatile boolean baton;
    private volatile boolean dismissed;

    Worker(Launch launch) {
        this.launch = launch;
        this.thread = Thread.ofVirtual().name("worker").start(this);
    }

    /** Hands the baton to this worker. */
    void resume() {
        baton = true;
        LockSupport.unpark(thread);
    }

    /** Ends this worker, whatever it waits for. */
    void dismiss() {
        dismissed = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the baton. */
    void await() {
        while (!baton) {
            if (dismissed) {
                throw new Abandoned();
            }
            LockSupport.park(this);
        }
        baton = false;
    }

    @Override
    public void run() {
        try {
            while (true) {
                await();
                launch.work(this);
            }
        } catch (Abandoned e) {
            // dismissed: nothing waits for this worker
        }
    }
}
