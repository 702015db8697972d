package io.hybridsnapshot.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hybridsnapshot.engine.catalogue.TrendPeriod;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.logging.LogType;

/** The page of trends in a browser: it draws its plots, runs no name, and passes axe. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrendsInBrowserTest {
    private static final String HOSTILE = "</script><img src=x onerror=\"window.ran = 1\">\u202Ex";

    private Browser browser;

    @TempDir
    Path directory;

    @BeforeAll
    void start() {
        browser = Browser.start();
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.close();
        }
    }

    private void open(List<TrendPeriod> periods, int width, String scheme) throws IOException {
        Path page = directory.resolve("trends.html");
        try (OutputStream out = Files.newOutputStream(page)) {
            Trends.report(periods).write(out);
        }
        assertTrue(ReportFormat.HTML.isReport(page), "an earlier page may be replaced");
        browser.open(page, width, 900, scheme);
    }

    private List<WebElement> all(String selector) {
        return browser.driver().findElements(By.cssSelector(selector));
    }

    private String text(String selector) {
        return browser.driver().findElement(By.cssSelector(selector)).getText();
    }

    /** The number of points of a plot that have a colour. */
    private long painted(String id) {
        return (Long) browser.run(
                "const canvas = document.getElementById(arguments[0]);"
                        + " const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
                        + " return data.filter((value, i) => i % 4 === 3 && value > 0).length;",
                id);
    }

    private List<String> problems() {
        return browser.driver().manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(Object::toString)
                // It is the test that reads the plots back.
                .filter(line -> !line.contains("Canvas2D: Multiple readback"))
                .toList();
    }

    @Test
    void plotsAreDrawnAndTheTableHasEachDayWithAnArchive() throws IOException {
        open(List.of(Trends.day("ALL", 0, 100, 7, false), Trends.day("ALL", 3, 120, 8, false)), 1280, "light");
        for (String plot : List.of("rows", "changes", "storage")) {
            assertTrue(painted(plot) > 500, plot + ": " + painted(plot));
        }
        assertEquals(
                List.of("2026-09-01 1 0 100 5 7 2 0 1.1 KB", "2026-09-04 1 0 120 6 8 3 0 1.1 KB"),
                all("#numbers tbody tr").stream().map(WebElement::getText).toList());
        assertEquals(
                List.of("120", "2", "0", "2.2 KB"),
                all("#tiles strong").stream().map(WebElement::getText).toList());
        assertEquals(List.of(), all("#series"), "a choice of one partition");
        assertEquals(List.of(), problems());
    }

    @Test
    void theChosenPartitionIsShown() throws IOException {
        open(Trends.months("GREYSON", "ACME"), 1280, "light");
        assertEquals(90, all("#numbers tbody tr").size());
        long before = painted("changes");
        browser.driver()
                .findElement(By.cssSelector("#series option[value='2']"))
                .click();
        assertEquals(85, all("#numbers tbody tr").size());
        assertEquals("3,290", text("#tiles strong"));
        assertFalse(before == painted("changes"), "the plot stayed as it was");
        assertEquals(List.of(), problems());
    }

    @Test
    void namesDoNotRun() throws IOException {
        open(Trends.months(HOSTILE, "ACME"), 1280, "light");
        assertEquals(null, browser.run("return window.ran"));
        assertTrue(text("#series").contains("onerror"), text("#series"));
        assertEquals(List.of(), all("img"));
        assertEquals(List.of(), problems());
    }

    @Test
    void aPeriodWithoutAnArchiveSaysSo() throws IOException {
        open(List.of(), 1280, "light");
        assertEquals("No archive is in this period.", text("main"));
        assertEquals(List.of(), problems());
    }

    @ParameterizedTest
    @CsvSource({"1280, light", "1280, dark", "390, light"})
    void axeFindsNothing(int width, String scheme) throws IOException {
        open(Trends.months("GREYSON", "ACME"), width, scheme);
        assertEquals(List.of(), browser.violations());
        assertEquals(
                false, browser.run("return document.documentElement.scrollWidth > innerWidth"), "scrolls sideways");
    }
}
