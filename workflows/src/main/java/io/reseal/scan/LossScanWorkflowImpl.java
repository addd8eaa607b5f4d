package io.reseal.scan;

import io.reseal.contract.LossScan;
import io.reseal.contract.LossScanActivities;
import io.reseal.contract.LossScanChain;
import io.reseal.contract.LossScanReport;
import io.reseal.contract.LossScanWorkflow;
import io.reseal.contract.RepairLookActivities;
import io.reseal.contract.StoreLookActivities;
import io.reseal.options.ActivityProfiles;
import io.reseal.problem.ActivityFailures;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Reads the chain, then has all hosts look at their stores at the same time, and then for what can
 * repair the losses. A host that does not answer makes the copies in its stores unknown, not lost.
 */
public final class LossScanWorkflowImpl implements LossScanWorkflow {

  private final LossScan scan;
  private final TreeSet<String> waiting = new TreeSet<>();
  private final List<String> away = new ArrayList<>();
  private LossScanChain chain;

  @WorkflowInit
  public LossScanWorkflowImpl(long miner) {
    this.scan = new LossScan(miner, Workflow.currentTimeMillis());
  }

  @Override
  public LossScanReport run(long miner) {
    chain = onChain("read all sectors from the chain").survey(scan);
    waiting.addAll(chain.hosts());
    show();
    Promise.allOf(chain.hosts().stream().map(this::look).toList()).get();
    lookForRepairs();
    onChain("keep what was found").end(scan, away);
    show();
    return status();
  }

  private LossScanActivities onChain(String summary) {
    return Workflow.newActivityStub(LossScanActivities.class, ActivityProfiles.lossScan(summary));
  }

  private Promise<Void> look(String host) {
    StoreLookActivities stores =
        Workflow.newActivityStub(
            StoreLookActivities.class,
            ActivityProfiles.storeLook(host, "look at the stores of " + host));
    return Async.procedure(stores::look, scan)
        .handle(
            (done, failure) -> {
              waiting.remove(host);
              if (failure != null) {
                leave(host, failure);
              }
              show();
              return null;
            });
  }

  /** Only now is known what is lost. */
  private void lookForRepairs() {
    if (Workflow.getVersion("look for repairs", Workflow.DEFAULT_VERSION, 1) == 1) {
      Promise.allOf(
              chain.hosts().stream()
                  .filter(host -> !away.contains(host))
                  .map(this::lookForRepairs)
                  .toList())
          .get();
    }
  }

  /** What a host that does not answer could do is not known; the scan counts all the same. */
  private Promise<Void> lookForRepairs(String host) {
    RepairLookActivities repairs =
        Workflow.newActivityStub(
            RepairLookActivities.class,
            ActivityProfiles.storeLook(host, "look for what can repair losses on " + host));
    return Async.procedure(repairs::lookForRepairs, scan)
        .handle(
            (done, failure) -> {
              if (failure != null && ActivityFailures.isCancellation(failure)) {
                throw failure;
              }
              return null;
            });
  }

  private void leave(String host, RuntimeException failure) {
    if (ActivityFailures.isCancellation(failure)) {
      throw failure;
    }
    away.add(host);
  }

  private void show() {
    Workflow.setCurrentDetails(
        "**Scan of f0%d at epoch %d**: %d sectors live, %d faulty\n\n%s%s"
            .formatted(
                scan.miner(),
                chain.epoch(),
                chain.live(),
                chain.faulty(),
                waiting.isEmpty()
                    ? "all hosts have answered"
                    : "looking at the stores of " + String.join(", ", waiting),
                away.isEmpty() ? "" : "; not " + String.join(", ", away)));
  }

  @Override
  public LossScanReport status() {
    return new LossScanReport(scan, chain, List.copyOf(waiting), List.copyOf(away));
  }
}
