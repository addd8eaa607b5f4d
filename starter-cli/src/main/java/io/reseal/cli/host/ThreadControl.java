package io.reseal.cli.host;

import io.reseal.catalog.RunFilter;
import io.reseal.catalog.ThreadRow;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.contract.HostCommand;
import io.reseal.contract.Names;
import io.reseal.contract.RebuildWorkflow;
import io.reseal.contract.ResumeCommand;
import io.reseal.contract.RunRecord;
import io.reseal.problem.RefusedException;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SectorId;
import io.temporal.client.WorkflowNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Pauses and resumes the sealing threads of one host, as {@code worker} and {@code util} do. */
final class ThreadControl {

  private final Shell shell;
  private final Services services;
  private final String host;

  ThreadControl(Shell shell, Services services, String host) {
    this.shell = shell;
    this.services = services;
    this.host = host;
  }

  int pause(int index, boolean now) {
    shell.line(command(HostCommand.Kind.PAUSE, index, now));
    return ExitStatus.DONE;
  }

  int drain() {
    shell.line(command(HostCommand.Kind.DRAIN, null, false));
    return ExitStatus.DONE;
  }

  /**
   * Resumes the thread and the rebuild that waits for it. The host notifies a rebuild that holds
   * the thread; a rebuild that held it last is resumed here, if the thread itself does not need
   * resuming or a state is given.
   */
  int resume(int index, RebuildState state) {
    Optional<ThreadRow> thread =
        services.catalog().threads().ofHost(host).stream()
            .filter(row -> row.index() == index)
            .findFirst();
    boolean needsResuming = thread.map(row -> row.paused() || row.faulted()).orElse(true);
    Optional<SectorId> holder = thread.map(ThreadRow::sector);
    if (state != null || (!needsResuming && holder.isEmpty())) {
      Optional<SectorId> rebuild = holder.or(() -> lastHolder(index));
      if (rebuild.isPresent()) {
        shell.line(rebuild.get() + ": " + resumeRebuild(rebuild.get(), state));
        if (!needsResuming) {
          return ExitStatus.DONE;
        }
      } else if (state != null) {
        throw new RefusedException(
            "%s#%d holds no rebuild, and no waiting rebuild held it last: there is nothing to set back to %s."
                .formatted(host, index, state));
      }
    }
    shell.line(command(HostCommand.Kind.RESUME, index, false));
    return ExitStatus.DONE;
  }

  /** The one rebuild that waits for a person and held the thread last. */
  private Optional<SectorId> lastHolder(int index) {
    List<RunRecord> waiting =
        services.catalog().runs().unfinished(RunFilter.ANY).stream()
            .filter(
                run -> host.equals(run.host()) && Integer.valueOf(index).equals(run.threadIndex()))
            .filter(run -> run.attention() != null || run.paused() != null)
            .toList();
    if (waiting.size() > 1) {
      throw new RefusedException(
          "Several waiting rebuilds held %s#%d last (%s): resume each with reseal sectors resume."
              .formatted(
                  host,
                  index,
                  waiting.stream()
                      .map(run -> run.sector().toString())
                      .collect(Collectors.joining(", "))));
    }
    return waiting.stream().findFirst().map(RunRecord::sector);
  }

  private String resumeRebuild(SectorId sector, RebuildState state) {
    try {
      return services
          .temporal()
          .client()
          .newWorkflowStub(RebuildWorkflow.class, Names.workflowId(sector))
          .resume(new ResumeCommand(shell.requester(), state));
    } catch (WorkflowNotFoundException e) {
      throw new RefusedException("Sector %s is no longer being rebuilt.".formatted(sector));
    }
  }

  private String command(HostCommand.Kind kind, Integer index, boolean now) {
    return new HostCommands(services)
        .send(new HostCommand(host, kind, index, now, shell.requester()));
  }
}
