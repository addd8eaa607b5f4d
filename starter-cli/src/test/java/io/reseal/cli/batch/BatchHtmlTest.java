package io.reseal.cli.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.BatchCounts;
import io.reseal.catalog.BatchOutcome;
import io.reseal.catalog.BatchRecord;
import io.reseal.cli.Samples;
import io.reseal.contract.BatchState;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class BatchHtmlTest {

  private static BatchReport report(int sectors, String attention) {
    BatchRecord batch =
        new BatchRecord(
            "disk-7",
            sectors,
            3,
            null,
            false,
            false,
            false,
            null,
            "<alice>@ops",
            1_000_000,
            null,
            BatchState.RUNNING,
            null);
    return new BatchReport(
        batch,
        new BatchCounts("disk-7", 0, 0, sectors - 1, 0, 1),
        IntStream.range(0, sectors)
            .mapToObj(
                i ->
                    new BatchOutcome(
                        i,
                        new SectorId(1001, i),
                        i == 0
                            ? null
                            : Samples.run(
                                new SectorId(1001, i), RebuildState.PC1_DONE, null, attention)))
            .map(
                outcome ->
                    new BatchReport.Sector(
                        outcome,
                        outcome.kind(),
                        List.of(Samples.change(0, RebuildState.PC1_DONE, "PC1"))))
            .toList());
  }

  private static String page(BatchReport report) throws IOException {
    StringBuilder page = new StringBuilder();
    BatchHtml.write(report, page, 2_000_000);
    return page.toString();
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  /** Seen to catch: text that is put into the page as it is. */
  @Test
  void isWellFormedWhateverTheTextsHold() throws Exception {
    String nasty = "<script src=\"x\">&'\u0007\n</td> %d";
    Document page = parse(page(report(2, nasty)));
    assertThat(page.getElementsByTagName("script").getLength()).isZero();
    assertThat(page.getDocumentElement().getTextContent())
        .contains("<script src=\"x\">&' \n</td> %d")
        .contains("Requested by <alice>@ops");
  }

  @Test
  void needsNothingFromOutside() throws Exception {
    assertThat(page(report(3, null)))
        .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import");
  }

  /** A bar for the whole rebuild and one for its step. Fails when steps are left out. */
  @Test
  void showsEachSectorWithItsSteps() throws Exception {
    String page = page(report(3, null));
    assertThat(page)
        .contains("f01001/0", "queued", "f01001/2", "host-a#0", "class=\"pc1\" style=\"left:0.000%")
        .contains("title=\"PC1, 850ms, \"");
    assertThat(page.split("class=\"all\"", -1)).hasSize(3);
  }

  @Test
  void isMadeForTenThousandSectors() throws Exception {
    assertThat(page(report(10_000, null))).contains("f01001/9999");
  }
}
