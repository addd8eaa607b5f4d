package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reseal.contract.StateChange;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;

/** What a person sees and does in Temporal's Web UI, in a real browser; see docs/web-ui.md. */
@ExtendWith(FleetExtension.class)
@Timeout(180)
class WebUiIT {

  private static Optional<Browser> opened = Optional.empty();

  private final Fleet fleet;
  private final Lab lab;
  private final Ask ask;
  private final Runs runs;
  private final Stops stops;
  private final Browser browser;

  WebUiIT(Fleet fleet, Lab lab, Ask ask, Runs runs, Stops stops) {
    this.fleet = fleet;
    this.lab = lab;
    this.ask = ask;
    this.runs = runs;
    this.stops = stops;
    this.browser = opened.orElseThrow();
  }

  @BeforeAll
  static void openBrowser() {
    opened = Browser.open();
    assumeTrue(
        opened.isPresent(),
        "There is no chromium with its chromedriver on PATH, so the Web UI is not looked at;"
            + " Debian: apt install chromium chromium-driver.");
  }

  @AfterAll
  static void closeBrowser() {
    opened.ifPresent(Browser::close);
  }

  // Seen to fail: with steps whose summaries do not name sector and host.
  @Test
  void finishedRebuildIsFoundByItsSearchAttributesAndTellsItsStory() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, lab.piece(512, 512));
    ask.rebuildAndWait(sector);
    String host = runs.run(sector).orElseThrow().host();
    String thread = sector.id() + " on " + host + "#0";

    browser.show(
        list("ResealHost = '%s' AND ResealState = 'Finished'".formatted(host)),
        Runs.workflowId(sector),
        "COMPLETED");
    browser.picture("list-by-host");

    browser.show(
        page(sector, "/timeline"),
        "Inspect • inspect " + sector.id(),
        "HoldSealingThread • hold a sealing thread for " + sector.id(),
        "TreeD • tree D " + thread,
        "PC1 • PC1 " + thread,
        "PC2 • PC2 " + thread,
        "Persist • persist " + thread);
    browser.picture("timeline");

    browser.show(
        page(sector, "/history"), "PC1 " + thread, "PC2 " + thread, "check stored " + thread);
    browser.picture("event-history");

    browser.show(
        page(sector, "/user-metadata"),
        sector.id() + " 2KiB StackedDrg2KiBV1_1: rebuild",
        "Sector %s: Finished on %s#0".formatted(sector.id(), host),
        "SealedChecked",
        "CommR as recorded",
        "provable in store");
    browser.picture("current-details");

    browser.show(
        page(sector, "/search-attributes"),
        "\"ResealState\": \"Finished\"",
        "\"ResealSector\": " + sector.number(),
        "\"ResealAttention\": false");
  }

  // Seen to fail: with heartbeats that carry no progress.
  @Test
  void stepUnderWayShowsItsProgressAmongThePendingActivities() throws Exception {
    LostSector sector = lab.bigOne();
    ask.rebuild(sector);
    Stops.Frozen frozen = stops.freezeInSecondLayer(sector);
    browser.show(page(sector, "/pending-activities"), "HoldSealingThread", "PC1", "layer 2 of 2");
    browser.picture("pending-activities");
    browser.show(
        page(sector, "/user-metadata"),
        "Sector %s: TreeDBuilt on %s#0, running PC1".formatted(sector.id(), frozen.host()));
    frozen.thaw();
  }

  @Test
  void retriedStepShowsItsAttemptsAndWhyTheLastOneFailed() throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    List<LockedFile> locks = stops.holdUp(sector);
    ask.rebuild(sector);
    runs.awaitHeldUp(sector);
    browser.show(page(sector, "/pending-activities"), "Attempt", "Last Failure", "Host.Busy");
    browser.picture("retries");
    locks.forEach(LockedFile::close);
    runs.awaitState(sector, RebuildState.FINISHED);
  }

  // Seen to fail: with a search attribute that is not set at a park.
  @Test
  void parkedRebuildIsFoundSaysWhyAndGoesOnByAnUpdateFromThePage() throws Exception {
    Piece piece = lab.piece(1024, 0);
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1, piece);
    Path file = fleet.pieces().resolve(piece.cid());
    Path away = file.resolveSibling("away");
    Files.move(file, away);
    ask.rebuild(sector);
    runs.awaitParked(sector);

    browser.show(list("ResealAttention = true"), Runs.workflowId(sector), "RUNNING");
    browser.picture("list-parked");
    browser.show(
        page(sector, "/user-metadata"),
        "Needs attention: Sector.PieceMissing",
        piece.cid(),
        "then resume");
    browser.picture("parked");

    Files.move(away, file);
    browser.show(page(sector, "/timeline"), "More Actions");
    update("resume", "{\"by\":\"ann\"}");
    runs.awaitState(sector, RebuildState.FINISHED);
    assertThat(runs.changes(sector))
        .filteredOn(change -> change.step().equals("resumed"))
        .extracting(StateChange::note)
        .containsExactly("by ann");
    browser.show(page(sector, "/user-metadata"), "by ann", "Finished");
    browser.show(
        list("ResealAttention = true AND ResealSector = " + sector.number()), "No Workflows");
  }

  // Seen to fail: with rebuilds that are not marked with their batch.
  @Test
  void batchIsOneLineOfTheListAndLeadsToItsRebuilds() throws Exception {
    LostSector one = lab.lose(SealProof.KIB_2_V1_1);
    LostSector two = lab.lose(SealProof.KIB_2_V1_1);
    Ask.Answer answer =
        ask.reseal("rebuild", "1001", one.number(), two.number(), "--name", "disk-8", "--wait");
    assertThat(answer.status()).as(answer.toString()).isZero();

    browser.show(
        list("ResealBatch = 'disk-8'"), Runs.workflowId(one), Runs.workflowId(two), "Rebuild");
    browser.show(list("WorkflowId = 'batch-disk-8'"), "batch-disk-8", "COMPLETED");
    browser.click(By.tagName("a"), "batch-disk-8");
    browser.awaitText("Relationships");
    browser.click(By.partialLinkText("Relationships"));
    browser.awaitText("Child Count", Runs.workflowId(one), Runs.workflowId(two));
    browser.picture("relationships");
    browser.click(By.partialLinkText("User Metadata"));
    browser.awaitText("disk-8", "Current Details", "2");
    browser.picture("batch-details");
  }

  /** Chooses an update, types its input and submits it, once it can be picked from the page. */
  private void update(String name, String input) {
    browser.click(By.tagName("button"), "More Actions");
    browser.click(By.cssSelector("[role=menuitem]"), "Send an Update");
    browser.click(By.xpath("//*[@id='update-select']/.."));
    browser.click(By.cssSelector("[role=option]"), name);
    browser.type(By.cssSelector("#update-confirmation-modal [contenteditable=true]"), input);
    browser.picture("update-" + name);
    browser.click(By.cssSelector("#update-confirmation-modal button"), "Submit");
  }

  private String list(String query) {
    return fleet.webUi() + "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
  }

  private String page(LostSector sector, String part) {
    return "%s/%s/%s%s".formatted(fleet.webUi(), Runs.workflowId(sector), runs.runId(sector), part);
  }
}
