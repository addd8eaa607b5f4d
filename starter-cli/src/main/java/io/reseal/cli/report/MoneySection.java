package io.reseal.cli.report;

import io.reseal.losses.Fil;
import java.io.IOException;
import java.math.BigInteger;

/** What was lost and saved, with what is exact and what is an estimate. */
final class MoneySection {

  private final Html page;
  private final Money money;

  MoneySection(Html page, Money money) {
    this.page = page;
    this.money = money;
  }

  void write(int sectors) throws IOException {
    page.line("<section><h2>Money</h2>");
    if (money.known() == 0) {
      page.line(
          "<p>Not known: the newest scan of losses when the batch began had none of its sectors. A"
              + " batch that <code>reseal losses rebuild</code> begins has them.</p></section>");
      return;
    }
    if (money.known() < sectors) {
      page.line(
          "<p>Of %,d of the %,d sectors; the scan had no loss of the others.</p>",
          money.known(), sectors);
    }
    page.line("<div class=\"wide\"><table class=\"money\"><tbody>");
    group("Lost so far", money.lost());
    row("fault fees", money.fees());
    row("rewards that were not earned", money.rewards());
    row("sectors that ended for good: termination fees and later rewards", money.ended());
    group("Saved so far, against letting the proven sectors go", money.saved());
    row("termination fees", money.savedFees());
    row("rewards until they expire", money.savedRewards());
    group("At stake, of the sectors that are not proven", money.atStake());
    row("termination fees", money.openFees());
    row("rewards until they expire", money.openRewards());
    group("Fault fees a day at present", money.feesADay());
    page.line(
        "<tr class=\"sum\"><th scope=\"row\">Pledge of all sectors that were lost</th><td>%s <b"
            + " class=\"exact\">exact</b></td></tr>",
        Fil.exact(money.pledge()));
    page.line(
        "<tr><th scope=\"row\">of those that are proven again</th><td>%s <b"
            + " class=\"exact\">exact</b></td></tr>",
        Fil.exact(money.pledgeProven()));
    page.line("</tbody></table></div>");
    page.line(
        "<p class=\"note\"><b>Exact</b> is what the chain had in its records at the scan. <b>~</b>"
            + " marks estimates: the chain's own formulas with the network's reward and power at"
            + " the time of the scan, applied to the days since. What was really charged is in the"
            + " miner's account on the chain, which Reseal does not read. Costs of machines,"
            + " energy, transfers and gas are not included.</p></section>");
  }

  private void group(String what, BigInteger amount) throws IOException {
    page.line(
        "<tr class=\"sum\"><th scope=\"row\">%s</th><td>~%s</td></tr>", what, Fil.text(amount));
  }

  private void row(String what, BigInteger amount) throws IOException {
    page.line("<tr><th scope=\"row\">%s</th><td>~%s</td></tr>", what, Fil.text(amount));
  }
}
