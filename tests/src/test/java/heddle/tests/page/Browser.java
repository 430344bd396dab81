package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Headless Chromium with a page of Heddle's in it. */
final class Browser implements AutoCloseable {
    /** Set where a missing browser is a failure. */
    private static final String REQUIRED = "HEDDLE_REQUIRE_BROWSER";

    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    /** Where pictures of what tests saw are kept, to be looked at. */
    private static final Path PICTURES = Path.of("target", "pictures");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** A browser window; the test is skipped where there is no browser, unless the environment asks for one. */
    static Browser open(int width, int height) {
        Optional<Path> binary =
                BROWSERS.stream().map(Browser::onPath).flatMap(Optional::stream).findFirst();
        Optional<Path> service = onPath("chromedriver");
        if (binary.isEmpty() || service.isEmpty()) {
            String reason = "chromium and chromedriver are not on the path (Debian: chromium, chromium-driver)";
            if (System.getenv(REQUIRED) != null) {
                fail(REQUIRED + " is set, but " + reason);
            }
            Assumptions.abort(reason);
        }
        ChromeOptions options = new ChromeOptions();
        options.setBinary(binary.get().toString());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--force-device-scale-factor=1",
                "--force-color-profile=srgb",
                "--window-size=" + width + "," + height);
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        ChromeDriverService driver = new ChromeDriverService.Builder()
                .usingDriverExecutable(service.get().toFile())
                .usingAnyFreePort()
                .build();
        Browser browser = new Browser(new ChromeDriver(driver, options));
        browser.size(width, height);
        return browser;
    }

    private static Optional<Path> onPath(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path file = Path.of(folder, program);
            if (!folder.isEmpty() && Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Makes what the page sees this large. */
    void size(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Opens a report, and waits until its script is done. @param hash what stands behind {@code #}, or nothing */
    void show(Path page, String hash) {
        driver.get("about:blank");
        driver.get(page.toUri() + hash);
        await("return document.documentElement.dataset.ready === 'true'");
    }

    /** Opens a file without waiting for a script. */
    void open(Path page) {
        driver.get(page.toUri().toString());
    }

    /** Turns scripts off for pages that are opened from now on. */
    void withoutScript() {
        driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
    }

    /** The text that a reader sees. */
    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** Waits until a script gives true. */
    void await(String script) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!(Boolean) run(script)) {
            if (System.nanoTime() > end) {
                fail("not true after " + PATIENCE + ": " + script + "; the console says " + console());
            }
            Thread.onSpinWait();
        }
    }

    /** Runs a script, and waits until what it changed is drawn. */
    @SuppressWarnings("unchecked")
    <T> T run(String script) {
        return (T) driver.executeScript(script);
    }

    /** The value of an expression. {@code heddle} is the page. */
    <T> T value(String expression) {
        return run("return " + expression);
    }

    /** A whole number. */
    long number(String expression) {
        return ((Number) value(expression)).longValue();
    }

    /** Waits for the frames that are asked for. */
    void settle() {
        driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + " requestAnimationFrame(() => requestAnimationFrame(() => done()))");
    }

    void press(CharSequence... keys) {
        new Actions(driver).sendKeys(keys).perform();
        settle();
    }

    /** Presses a key while others are held. */
    void press(CharSequence held, CharSequence key) {
        new Actions(driver).keyDown(held).sendKeys(key).keyUp(held).perform();
        settle();
    }

    /** Clicks a place of the page. */
    void click(int x, int y) {
        new Actions(driver).moveToLocation(x, y).click().perform();
        settle();
    }

    /** Clicks the middle of a box of the graph. */
    void clickBox(String box) {
        List<Number> at = value("(() => { const v = heddle.graphView, b = " + box + ", l = heddle.layout,"
                + " a = v.area.getBoundingClientRect();"
                + " return [a.left + (l.x[b] + l.w[b] / 2 - v.sight.x) * v.sight.scale,"
                + " a.top + (l.y[b] + Math.min(l.h[b] / 2, 18) - v.sight.y) * v.sight.scale] })()");
        click(at.get(0).intValue(), at.get(1).intValue());
    }

    /** What the graph's canvas shows, as text that is equal where pictures are. */
    String picture() {
        settle();
        return value("heddle.graphView.canvas.toDataURL()");
    }

    /** Keeps a picture of the page. */
    void keep(String name) {
        settle();
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the console said since this was asked. */
    List<String> console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
