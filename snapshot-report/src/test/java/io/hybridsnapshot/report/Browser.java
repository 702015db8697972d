package io.hybridsnapshot.report;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium for the tests of a class; they are skipped, and say so, where none is installed. */
final class Browser implements AutoCloseable {
    /** Kept here, because loggers without a reference lose their level. It warns of each browser newer than itself. */
    private static final Logger VERSIONS = Logger.getLogger("org.openqa.selenium.devtools.CdpVersionFinder");

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts the installed browser, or ends the test as skipped. */
    static Browser start() {
        Optional<Path> browser = installed("CHROME_BIN", "chromium", "chromium-browser", "google-chrome");
        Optional<Path> driver = installed("CHROMEDRIVER", "chromedriver");
        assumeTrue(
                browser.isPresent() && driver.isPresent(),
                "no Chromium and chromedriver are installed (Debian: chromium chromium-driver), so the page is not"
                        + " tested in a browser");
        VERSIONS.setLevel(Level.OFF);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(browser.orElseThrow().toFile());
        options.addArguments(
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run");
        options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(driver.orElseThrow().toFile())
                .usingAnyFreePort()
                .withTimeout(Duration.ofSeconds(60))
                .withSilent(true)
                .build();
        return new Browser(new ChromeDriver(service, options));
    }

    private static Optional<Path> installed(String variable, String... names) {
        String named = System.getenv(variable);
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(directory -> !directory.isBlank())
                .flatMap(directory -> Stream.of(names).map(Path.of(directory)::resolve))
                .filter(Files::isExecutable)
                .findFirst();
    }

    ChromeDriver driver() {
        return driver;
    }

    /** Opens a file in a window of some width. */
    void open(Path page, int width, int height, String scheme) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        driver.get(page.toUri().toString());
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** What axe finds wrong with the page that is open; an empty list where it finds nothing. */
    Object violations() throws IOException {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            run(new String(Objects.requireNonNull(script, "axe.min.js").readAllBytes(), StandardCharsets.UTF_8));
        }
        return driver.executeAsyncScript("const done = arguments[arguments.length - 1];"
                + " axe.run(document, {resultTypes: ['violations']}).then(result => done("
                + "result.violations.map(each => each.id + ': ' + each.nodes.map(node =>"
                + " node.target + ' ' + node.failureSummary).join('; '))));");
    }

    @Override
    public void close() {
        driver.quit();
    }
}
