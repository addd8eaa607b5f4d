package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.ThreadRow;
import io.reseal.catalog.WorkerLease;
import io.reseal.problem.RefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One worker at a time has a host's name. */
class NameLeaseIT {

  private static final Instant STARTED = Instant.parse("2026-11-28T10:00:00Z");

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static WorkerLease elsewhere(String holder) {
    return new WorkerLease("host-a", holder, "seal1", "another kernel", 4711, STARTED);
  }

  private NameLease takeHere() {
    return NameLease.take(catalog.workerLeases(), ThisProcess.lease("host-a"));
  }

  // Catches: two workers with one name, on two machines, that take each other's work.
  @Test
  void aSecondWorkerIsRefusedAndTheFirstIsNamed() {
    NameLease first = NameLease.take(catalog.workerLeases(), elsewhere("one"));
    assertThatThrownBy(this::takeHere)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("process 4711 on machine seal1, started at 2026-11-28T10:00:00Z")
        .hasMessageContaining("copied");
    assertThat(first.renew()).isTrue();
    first.close();
    takeHere().close();
  }

  // Catches: a rebuild that waits for another host although none runs, or one that takes no
  // rebuilds.
  @Test
  void anotherHostTakesRebuildsWhileItsLeaseLastsAndAThreadIsNotPaused() {
    assertThat(takesRebuilds("host-b", Duration.ofMinutes(1))).isFalse();
    takeHere();
    assertThat(takesRebuilds("host-b", Duration.ofMinutes(1))).isFalse();
    report("sealer", false);
    assertThat(takesRebuilds("host-b", Duration.ofMinutes(1))).isFalse();
    report("rebuild", true);
    assertThat(takesRebuilds("host-b", Duration.ofMinutes(1))).isFalse();
    report("rebuild", false);
    assertThat(takesRebuilds("host-b", Duration.ofMinutes(1))).isTrue();
    assertThat(takesRebuilds("host-b", Duration.ZERO)).isFalse();
    assertThat(takesRebuilds("host-a", Duration.ofMinutes(1))).isFalse();
  }

  private boolean takesRebuilds(String besides, Duration limit) {
    return catalog.workerLeases().othersTakeRebuilds(besides, limit);
  }

  private void report(String plan, boolean paused) {
    catalog
        .threads()
        .report(
            "host-a",
            List.of(
                new ThreadRow(
                    "host-a", 0, "/mnt/0", plan, null, paused, null, false, "Empty", null, null,
                    null, STARTED)));
  }

  // Catches: a worker that was killed and has to wait before it may start again.
  @Test
  void aWorkerThatWasKilledOnThisMachineDoesNotCount() {
    WorkerLease here = ThisProcess.lease("host-a");
    NameLease.take(
        catalog.workerLeases(),
        new WorkerLease(
            "host-a", "killed", here.machine(), here.kernel(), Long.MAX_VALUE, STARTED));
    NameLease again = takeHere();
    assertThat(again.renew()).isTrue();
  }

  // Catches: a live process of this machine whose lease is not respected.
  @Test
  void aWorkerThatRunsOnThisMachineCounts() {
    WorkerLease here = ThisProcess.lease("host-a");
    ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
    NameLease.take(
        catalog.workerLeases(),
        new WorkerLease(
            "host-a",
            "parent",
            here.machine(),
            here.kernel(),
            parent.pid(),
            parent.info().startInstant().orElseThrow()));
    assertThatThrownBy(this::takeHere)
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("process %d".formatted(parent.pid()));
  }

  // Catches: a worker that goes on after another one has taken its name.
  @Test
  void aReplacedWorkerLearnsIt() {
    NameLease replaced = takeHere();
    assertThat(catalog.workerLeases().take(elsewhere("two"), held -> true)).isEmpty();
    assertThat(replaced.renew()).isFalse();
  }
}
