package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reseal.cli.report.ReportSamples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;

/** The report of a batch in a real browser that runs no script. */
@Timeout(120)
class ReportPageIT {

  /** Whether each of these is drawn with a size. */
  private static final String ALL_DRAWN =
      "[...document.querySelectorAll('%s')].every(each => each.getBoundingClientRect().height > 0)";

  private static Browser browser;

  @TempDir private Path directory;

  @BeforeAll
  static void openBrowser() {
    browser = Browser.open().orElse(null);
    assumeTrue(
        browser != null,
        "There is no chromium with its chromedriver on PATH, so the report is not looked at;"
            + " Debian: apt install chromium chromium-driver.");
    browser.allowNoScripts();
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void onADesktop() {
    browser.beAPhone(false);
    browser.showAsPrinted(false);
  }

  private String written(int sectors) throws IOException {
    Path file =
        Files.writeString(directory.resolve("report.html"), ReportSamples.page(sectors, true));
    return file.toUri().toString();
  }

  private static void assertNothingIsCutOff() {
    assertThat(
            browser.ask(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"))
        .as("what is wider than the window")
        .isEqualTo(0L);
  }

  /** Catches: text that needs a script, names that become markup, and drawings without a size. */
  @Test
  void onADesktopItSaysAllWithoutScripts() throws Exception {
    browser.show(
        written(130),
        "Batch disk-7",
        "Requested by <script>document.title='x'</script>",
        "Proven on the chain",
        "What remains, and why",
        "Saved so far, against letting the proven sectors go",
        "Work of each host",
        "What this page knows");
    assertThat(browser.ask("document.title")).isEqualTo("Batch disk-7: sectors put back");
    assertThat(browser.ask(ALL_DRAWN.formatted("figure svg, .progress path.stored")))
        .isEqualTo(true);
    assertNothingIsCutOff();
    browser.picture("report-desktop");

    assertThat(browser.awaitText("Each sector")).doesNotContain("proven by ");
    browser.click(By.xpath("//summary[starts-with(., 'Proven on the chain')]"));
    browser.awaitText("f01001/100", "proven by ", "epoch 4283020");
  }

  /** Catches: a page that is wider than a phone, and text that is too small to read there. */
  @Test
  void onAPhoneItFitsAndCanBeRead() throws Exception {
    browser.beAPhone(true);
    browser.show(written(130), "Batch disk-7");
    assertThat(browser.ask("innerWidth")).isEqualTo(360L);
    assertNothingIsCutOff();
    assertThat(
            (Number)
                browser.ask(
                    "Math.min(...[...document.querySelectorAll('main"
                        + " *:not(path):not(title):not(desc)')].filter(each =>"
                        + " [...each.childNodes].some(text => text.nodeType == 3 &&"
                        + " text.data.trim())).map(each =>"
                        + " parseFloat(getComputedStyle(each).fontSize)))"))
        .satisfies(size -> assertThat(size.doubleValue()).isGreaterThanOrEqualTo(11));
    browser.picture("report-phone");
  }

  /** Catches: a printed report without its list of sectors, as a page that is folded would be. */
  @Test
  void onPaperItHasEverySectorAndWhatNeedsAPerson() throws Exception {
    browser.showAsPrinted(true);
    browser.show(written(130), "Batch disk-7");
    assertThat(browser.ask("document.querySelectorAll('.printed tbody tr').length"))
        .isEqualTo(130L);
    assertThat(browser.ask(ALL_DRAWN.formatted(".printed tr, details.person tr"))).isEqualTo(true);
    assertThat(browser.ask("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(255, 255, 255)");
    browser.picture("report-print");
    assertThat(pages(browser.pdf())).isBetween(5, 20);
  }

  /** Catches: a page that a browser cannot show, or that prints hundreds of pages unasked. */
  @Test
  void withThirtyThousandSectors() throws Exception {
    browser.show(written(30_000));
    assertThat(browser.ask("document.body.innerText.includes('30,000')")).isEqualTo(true);
    assertThat(browser.ask("document.querySelectorAll('.list tbody tr').length"))
        .isEqualTo(30_000L);
    assertNothingIsCutOff();
    assertThat(pages(browser.pdf())).isBetween(5, 60);
  }

  private static int pages(byte[] pdf) {
    return (int)
        Pattern.compile("/Type\\s*/Page\\b")
            .matcher(new String(pdf, StandardCharsets.ISO_8859_1))
            .results()
            .count();
  }
}
