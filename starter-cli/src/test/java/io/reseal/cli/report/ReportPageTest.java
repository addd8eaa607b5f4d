package io.reseal.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

class ReportPageTest {

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(String page) throws Exception {
    return parse(page).getDocumentElement().getTextContent().replaceAll("\\s+", " ");
  }

  private static List<String> titles(Document page) {
    NodeList all = page.getElementsByTagName("summary");
    return IntStream.range(0, all.getLength())
        .mapToObj(all::item)
        .map(Node::getTextContent)
        .map(title -> title.replaceAll("\\s+", " "))
        .toList();
  }

  /** Catches: text that is put into the page as it is, and halves of characters. */
  @Test
  void isWellFormedWhateverTheTextsHold() throws Exception {
    String page = ReportSamples.page(20, true);
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(page)).isTrue();
    Document parsed = parse(page);
    assertThat(parsed.getElementsByTagName("script").getLength()).isZero();
    assertThat(parsed.getDocumentElement().getTextContent())
        .contains("Requested by <script>document.title='x'</script>&'")
        .doesNotContain("\u202e", "\u0007");
  }

  @Test
  void needsNothingFromOutsideAndAllowsNoScript() throws Exception {
    assertThat(ReportSamples.page(20, true))
        .contains("content=\"default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;\"")
        .doesNotContain("http:", "https:", "src=", "href=", "url(", "@import");
  }

  /** Catches: a sector that counts as proven although only its files are back. */
  @Test
  void countsSectorsByHowFarTheyHaveCome() throws Exception {
    assertThat(text(ReportSamples.page(100, true)))
        .contains(
            "100 sectors",
            "60 Proven on the chain",
            "10 In its store, not seen proven yet",
            "10 Waits for a person",
            "10 Being rebuilt",
            "10 Not begun");
  }

  /** Catches: a page that claims what only a look at the chain or a scan can tell. */
  @Test
  void saysWhatIsNotKnown() throws Exception {
    assertThat(text(ReportSamples.page(20, false)))
        .contains(
            "not known Proven on the chain",
            "14 In its store, not seen proven yet",
            "What was lost of them is not known here",
            "no look at it is recorded for any of these sectors",
            "There is no plan",
            "Last chances are not known",
            "Not known: the newest scan of losses")
        .doesNotContainPattern("\\d [a-zµ]?FIL");
    assertThat(ReportSamples.page(20, false)).doesNotContain("class=\"proven\" d=");
  }

  /** Catches: reasons that are lost, or one line for each sector where many have the same. */
  @Test
  void saysWhatRemainsAndWhyWithPeoplesWorkFirst() throws Exception {
    Document page = parse(ReportSamples.page(100, true));
    List<String> titles = titles(page);
    assertThat(titles)
        .containsSubsequence(
            "Waits for a person: No file was found for a piece under any of the names that were"
                + " tried. 10",
            "Not begun: others are before them, 16 at a time 10",
            "In their stores and declared recovered; not yet proven 10");
    Element notBegun =
        (Element)
            page.getElementsByTagName("summary")
                .item(titles.indexOf("Not begun: others are before them, 16 at a time 10"))
                .getParentNode();
    assertThat(notBegun.getElementsByTagName("tr").getLength()).isEqualTo(1);
    assertThat(notBegun.getTextContent()).contains("f01001/109, 119, 129");
  }

  /** Catches: a batch that goes on as if there were time. */
  @Test
  void saysWhichSectorsAreTooLate() throws Exception {
    BatchReport report = ReportSamples.report(20, true);
    long late = report.sectors().get(7).loss().lastChance() + 1;
    assertThat(titles(parse(ReportSamples.page(report, late))))
        .anyMatch(title -> title.startsWith("Too late for 6 sectors: "));
    assertThat(text(ReportSamples.page(20, true)))
        .doesNotContain("Too late for")
        .contains("Next in danger: f01001/118 must be declared recovered by about ");
  }

  /** Catches: steps that are left out of the timelines or of the hosts' work. */
  @Test
  void showsStepsAndHosts() throws Exception {
    String page = ReportSamples.page(3, true);
    assertThat(page)
        .contains("class=\"pc1\" style=\"left:", "title=\"PC1, 3h0m0s, ")
        .contains("<h3>host-a</h3>", "<h3>host-c</h3>", "class=\"work-labels\" d=\"M");
    assertThat(page.split("class=\"all\"", -1)).hasSize(4);
    assertThat(page).containsPattern("host-a</th><td>1</td>\\s*<td>25m42s</td>\\s*<td>3h0m0s</td>");
  }

  /** Catches: rows that are left out of long lists. */
  @Test
  void hasEverySectorOfALargeBatchAndNoTimelines() throws Exception {
    Document page = parse(ReportSamples.page(10_000, true));
    NodeList rows = page.getElementsByTagName("tr");
    assertThat(
            IntStream.range(0, rows.getLength())
                .mapToObj(i -> rows.item(i).getFirstChild().getTextContent())
                .filter(first -> first.matches("f01001/\\d+"))
                .distinct()
                .count())
        .isEqualTo(10_000);
    assertThat(titles(page)).noneMatch(title -> title.startsWith("Steps of each sector"));
  }
}
