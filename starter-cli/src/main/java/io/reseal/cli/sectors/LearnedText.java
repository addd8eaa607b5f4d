package io.reseal.cli.sectors;

import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Ranges;
import io.reseal.cli.show.Table;
import io.reseal.intake.Learned;
import io.reseal.intake.Learned.LeftOut;
import io.reseal.intake.Learned.Reason;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** How it is shown what the catalog learned of roots. */
final class LearnedText {

  /** More ranges of numbers than that make no command line. */
  private static final int RANGES = 20;

  private LearnedText() {}

  static String table(List<Learned> all) {
    Table table = new Table("From", "Learned", "Known", "NoCommR", "Damaged", "Unreadable");
    for (Learned one : all) {
      table.add(
          one.from(),
          one.learned(),
          one.known(),
          count(one, Reason.NO_COMM_R),
          count(one, Reason.DAMAGED),
          count(one, Reason.UNREADABLE));
    }
    return table.toString();
  }

  private static long count(Learned learned, Reason reason) {
    return learned.leftOut().stream().filter(one -> one.reason() == reason).count();
  }

  /** Says what was left out, and what to do: one line each, of those without CommR one a miner. */
  static void sayLeftOut(Shell shell, List<Learned> all) {
    Map<Long, SortedSet<Long>> withoutCommR = new TreeMap<>();
    for (Learned learned : all) {
      for (LeftOut one : learned.leftOut()) {
        if (one.reason() == Reason.NO_COMM_R) {
          withoutCommR
              .computeIfAbsent(one.sector().miner(), miner -> new TreeSet<>())
              .add(one.sector().number());
        } else {
          shell.say("%s%s: %s".formatted(one.place(), of(one.sector()), one.why()));
        }
      }
    }
    withoutCommR.forEach((miner, numbers) -> shell.say(withoutCommR(miner, numbers)));
  }

  private static String of(SectorId sector) {
    return sector == null ? "" : " (sector %s)".formatted(sector);
  }

  private static String withoutCommR(long miner, SortedSet<Long> numbers) {
    List<String> ranges = Ranges.of(numbers);
    boolean all = ranges.size() > RANGES;
    return "The catalog does not know the CommR that %,d sectors of f0%d are to be compared with, so they were left out: import it (reseal import chain %d %s), then run this again."
        .formatted(numbers.size(), miner, miner, all ? "--all" : String.join(" ", ranges));
  }
}
