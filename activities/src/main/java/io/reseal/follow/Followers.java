package io.reseal.follow;

import io.reseal.config.Installation;
import io.reseal.contract.FollowRequest;
import io.reseal.contract.FollowWorkflow;
import io.reseal.contract.Names;
import io.reseal.contract.RunRecord;
import io.reseal.sector.RebuildState;
import io.temporal.client.BatchRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;

/** Begins to follow sectors that rebuilds have put back, where the chain can be asked. */
public final class Followers {

  private final Installation installation;
  private final WorkflowClient client;

  public Followers(Installation installation, WorkflowClient client) {
    this.installation = installation;
    this.client = client;
  }

  /**
   * If this run has put back what proves its sector, follows it; doing so again changes nothing.
   */
  public void ended(RunRecord run) {
    if (run.state() == RebuildState.FINISHED && run.endedAt() != null && isOfUse(run)) {
      follow(new FollowRequest(run.sector(), run.runId(), run.host(), run.batch(), null));
    }
  }

  private boolean isOfUse(RunRecord run) {
    return run.host() != null
        && !run.onlyUnsealed()
        && (!installation.chain().nodes().isEmpty()
            || installation.miners().containsKey(run.sector().miner()));
  }

  private void follow(FollowRequest request) {
    FollowWorkflow workflow =
        client.newWorkflowStub(
            FollowWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(Names.followWorkflowId(request.sector()))
                .setTaskQueue(Names.CONTROL_QUEUE)
                .setTypedSearchAttributes(attributes(request))
                .setStaticSummary("sector %s on chain".formatted(request.sector()))
                .build());
    BatchRequest both = client.newSignalWithStartRequest();
    both.add(workflow::follow, request);
    both.add(workflow::putBack, request);
    client.signalWithStart(both);
  }

  private static SearchAttributes attributes(FollowRequest request) {
    SearchAttributes.Builder attributes =
        SearchAttributes.newBuilder()
            .set(Names.MINER, request.sector().minerAddress())
            .set(Names.SECTOR, request.sector().number())
            .set(Names.HOST, request.host());
    if (request.batch() != null) {
      attributes.set(Names.BATCH, request.batch());
    }
    return attributes.build();
  }
}
