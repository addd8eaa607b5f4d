package io.reseal.rebuild;

import io.reseal.contract.ControlActivities;
import io.reseal.contract.RebuildRequest;
import io.reseal.contract.SeedAnswer;
import io.reseal.options.ActivityProfiles;
import io.reseal.sector.Randomness;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks for the seed of a seal proof until the chain has it. */
final class SeedWait {

  private final RebuildRequest request;
  private final Journal journal;
  private final ActivityProfiles profiles;

  SeedWait(RebuildRequest request, Journal journal, ActivityProfiles profiles) {
    this.request = request;
    this.journal = journal;
    this.profiles = profiles;
  }

  /** Waits for the seed; returns empty if {@code stop} became true first. */
  Optional<Randomness> await(Supplier<Boolean> stop) {
    ControlActivities control =
        Workflow.newActivityStub(
            ControlActivities.class, profiles.chain("ask for the seed of " + request.sector()));
    boolean recorded = false;
    Patience patience = new Patience(request.timings().parkRetry());
    while (!stop.get()) {
      Optional<SeedAnswer> answer =
          ActivityCall.begin(control::askSeed, request.sector()).getUnless(stop);
      if (answer.isPresent() && answer.get().seed() != null) {
        return Optional.of(answer.get().seed());
      }
      if (answer.isPresent()) {
        show(due(answer.get()), recorded);
        recorded = true;
        Workflow.await(untilDue(answer.get(), patience), stop);
      }
    }
    return Optional.empty();
  }

  /**
   * The first wait is recorded, because it may take hours; later ones only update the text shown.
   */
  private void show(String due, boolean recorded) {
    if (recorded) {
      journal.waits("the seed, " + due);
    } else {
      journal.waitsForSeed(due);
    }
  }

  private static String due(SeedAnswer answer) {
    String when =
        answer.dueAt() == null
            ? "not known yet when"
            : "due "
                + Instant.ofEpochMilli(answer.dueAt())
                    .plusMillis(999)
                    .truncatedTo(ChronoUnit.SECONDS);
    return answer.why() == null ? when : "%s: %s".formatted(when, answer.why());
  }

  private static Duration untilDue(SeedAnswer answer, Patience patience) {
    long now = Workflow.currentTimeMillis();
    return answer.dueAt() == null || answer.dueAt() <= now
        ? patience.next()
        : Duration.ofMillis(answer.dueAt() - now);
  }
}
