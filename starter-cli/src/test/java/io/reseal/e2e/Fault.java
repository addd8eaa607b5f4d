package io.reseal.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** What can go wrong while sectors are rebuilt. Each is over when {@link #strike} returns. */
enum Fault {
  STAGE_KILLED(Victims::killStage),
  STAGE_FROZEN(Victims::freezeStage),
  WORKER_KILLED(at -> at.kill(at.worker())),
  WORKER_STOPPED(Victims::stopWorker),
  WORKER_FROZEN(at -> at.freeze(at.worker())),
  TEMPORAL_KILLED(at -> at.kill(at.fleet().temporal())),
  TEMPORAL_FROZEN(at -> at.freeze(at.fleet().temporal())),
  MARIADB_KILLED(at -> at.kill(at.fleet().mariadb())),
  MARIADB_FROZEN(at -> at.freeze(at.fleet().mariadb())),
  CLOCK_FORWARD(at -> at.setClock(Duration.ofHours(1))),
  CLOCK_BACK(at -> at.setClock(Duration.ofHours(-1))),
  SCRATCH_BIT_FLIPPED(at -> at.damage(Damage.bitFlipped(at.choice()))),
  SCRATCH_TRUNCATED(at -> at.damage(Damage::truncate)),
  SCRATCH_EXTENDED(at -> at.damage(Damage::extend)),
  SCRATCH_FILE_IS_A_PIPE(at -> at.damage(Damage::makePipe)),
  SCRATCH_FILE_IS_A_DIRECTORY(at -> at.damage(Damage::makeDirectory)),
  SCRATCH_FILE_OF_ANOTHER_STEP(at -> at.damage(at::overwriteByAnother)),
  SCRATCH_FILE_GONE(at -> at.damage(Files::delete)),
  SCRATCH_FULL(at -> at.fill(at.scratch())),
  SCRATCH_AWAY(at -> at.hide(at.scratch())),
  SCRATCH_READ_ONLY(at -> at.makeReadOnly(at.scratch())),
  SCRATCH_HUNG(at -> at.hang(at.scratch())),
  STORE_FULL(at -> at.fill(at.store())),
  STORE_AWAY(at -> at.hide(at.store())),
  STORE_READ_ONLY(at -> at.makeReadOnly(at.store())),
  STORE_HUNG(at -> at.hang(at.store())),
  HOST_CUT_OFF(at -> at.disturb(at.ground().links(), Link::cut)),
  HOST_UNPLUGGED(Victims::unplug),
  HOST_REFUSED(at -> at.disturb(at.ground().links(), Link::refuse)),
  TEMPORAL_CUT_OFF(at -> at.disturb(Stream.of(at.ground().temporal()), Link::cut)),
  CATALOG_CUT_OFF(at -> at.disturb(Stream.of(at.ground().catalog()), Link::cut)),
  LINKS_SLOW(at -> at.disturb(at.ground().links(), Link::slow)),
  LINKS_FLAP(Victims::flap),
  REBUILD_PAUSED(Victims::pauseAndResume),
  REBUILD_MOVED(at -> at.order("move", "--host", at.host())),
  REBUILD_ABORTED(at -> at.order("abort"));

  /** Does something to what the victims show, ends it, and returns what it met. */
  private interface Strike {
    Optional<String> on(Victims victims) throws IOException;
  }

  @SuppressWarnings("ImmutableEnumChecker") // Each is a lambda that captures nothing.
  private final Strike strike;

  Fault(Strike strike) {
    this.strike = strike;
  }

  /** Does it, ends it, and returns what it met; empty if there was nothing that it could meet. */
  Optional<String> strike(Victims victims) throws IOException {
    return strike.on(victims);
  }

  /** Whether a process ends in the middle of its work. */
  boolean kills() {
    return this == STAGE_KILLED || this == WORKER_KILLED || this == WORKER_STOPPED;
  }
}
