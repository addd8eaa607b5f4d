package io.reseal.cli.sectors;

import io.reseal.cli.show.Spans;
import io.reseal.cli.show.Table;
import io.reseal.contract.StateChange;
import java.time.Duration;
import java.util.List;

/** The table of a run's states. */
final class StageTable {

  private StageTable() {}

  static String of(List<StateChange> changes) {
    Table table =
        new Table("State", "Reached", "Step", "Took", "InCore", "Host", "Attempts", "Note");
    for (StateChange change : changes) {
      boolean timed = change.startedAt() != null && change.endedAt() != null;
      table.add(
          change.state(),
          Spans.time(change.at()),
          change.step(),
          timed ? Spans.of(Duration.ofMillis(change.endedAt() - change.startedAt())) : null,
          timed ? Spans.of(Duration.ofMillis(change.coreMillis())) : null,
          change.host() == null || change.threadIndex() == null
              ? change.host()
              : change.host() + "#" + change.threadIndex(),
          change.attempts(),
          change.note());
    }
    return table.toString();
  }
}
