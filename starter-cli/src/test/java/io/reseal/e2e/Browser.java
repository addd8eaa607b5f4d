package io.reseal.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.NotFoundException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.print.PrintOptions;

/** Chromium without a window, as a person would use it: pages, their texts, clicks, pictures. */
final class Browser implements AutoCloseable {

  /** Names a directory for the pictures that the documentation shows; none are made without it. */
  static final String PICTURES = "reseal.pictures";

  /** High enough for all rows of a timeline: those out of sight are not in the page at all. */
  private static final Dimension SIZE = new Dimension(1440, 1600);

  /** What the Web UI shows where its server did not answer in time. */
  private static final String ASKS_FOR_REFRESH = "Try a refresh";

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** The installed one, if both it and its driver are on PATH. */
  static Optional<Browser> open() {
    Optional<File> chromium = onPath("chromium");
    Optional<File> chromedriver = onPath("chromedriver");
    if (chromium.isEmpty() || chromedriver.isEmpty()) {
      return Optional.empty();
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.get());
    // Without its sandbox, which root cannot have: the only pages it sees are this machine's own.
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(chromedriver.get())
            .usingAnyFreePort()
            .build();
    ChromeDriver driver = new ChromeDriver(service, options);
    driver.manage().timeouts().pageLoadTimeout(Await.LIMIT);
    driver.manage().window().setSize(SIZE);
    return Optional.of(new Browser(driver));
  }

  private static Optional<File> onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .map(directory -> new File(directory, program))
        .filter(File::canExecute)
        .findFirst();
  }

  /** From now on no page's scripts run. */
  void allowNoScripts() {
    driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", true));
  }

  /** Makes the window a phone's, or a desktop's again. */
  void beAPhone(boolean phone) {
    if (phone) {
      driver.executeCdpCommand(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", 360, "height", 740, "deviceScaleFactor", 2, "mobile", true));
    } else {
      driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
    }
  }

  /** Shows pages as they are printed, or as they are on a screen again. */
  void showAsPrinted(boolean printed) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia", Map.of("media", printed ? "print" : "screen"));
  }

  /** What the browser itself, not the page, finds by an expression about the page. */
  Object ask(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** The page as a PDF. */
  byte[] pdf() {
    return Base64.getDecoder().decode(driver.print(new PrintOptions()).getContent());
  }

  /** Goes to a page and waits until its text has all of this, if anything is asked for. */
  void show(String address, String... texts) {
    driver.get(address);
    if (texts.length > 0) {
      awaitText(texts);
    }
  }

  /** Waits until the text of the page, of its frames as well, has all of this; gives the text. */
  String awaitText(String... texts) {
    String[] last = {""};
    try {
      return Await.value(
          "the page shows " + List.of(texts),
          () -> {
            last[0] = text();
            if (last[0].contains(ASKS_FOR_REFRESH)) {
              driver.navigate().refresh();
            }
            return Optional.of(last[0])
                .filter(text -> List.of(texts).stream().allMatch(text::contains));
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          "%s; %s shows:%n%s".formatted(e.getMessage(), driver.getCurrentUrl(), last[0]), e);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    try {
      text.append(bodyText());
      for (WebElement frame : driver.findElements(By.tagName("iframe"))) {
        driver.switchTo().frame(frame);
        text.append('\n').append(bodyText());
        driver.switchTo().defaultContent();
      }
    } catch (NotFoundException | StaleElementReferenceException e) {
      // The page is being drawn: whoever waits looks again.
      driver.switchTo().defaultContent();
    }
    return text.toString();
  }

  private String bodyText() {
    return driver.findElement(By.tagName("body")).getText();
  }

  /** Clicks on what is shown with this text, once it is there. */
  void click(By kind, String text) {
    Await.value(
            "there is '%s' to click on".formatted(text),
            () -> shown(kind).filter(element -> text.equals(element.getText())).findFirst())
        .click();
  }

  /** Clicks on the first of these that is shown, once it is there. */
  void click(By what) {
    awaitShown(what).click();
  }

  /** Types into the first of these that is shown, once it is there. */
  void type(By where, String text) {
    WebElement field = awaitShown(where);
    field.click();
    field.sendKeys(text);
  }

  private WebElement awaitShown(By what) {
    return Await.value(what + " is shown", () -> shown(what).findFirst());
  }

  private Stream<WebElement> shown(By what) {
    return driver.findElements(what).stream().filter(WebElement::isDisplayed);
  }

  /** Keeps a picture of the window as it is now, if pictures are wanted. */
  void picture(String name) {
    String directory = System.getProperty(PICTURES);
    if (directory == null) {
      return;
    }
    try {
      Files.write(
          Files.createDirectories(Path.of(directory)).resolve(name + ".png"),
          driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
