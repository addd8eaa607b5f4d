package io.reseal.cli.scrub;

import io.grpc.StatusRuntimeException;
import io.reseal.catalog.StoreRow;
import io.reseal.cli.shell.Services;
import io.reseal.contract.Names;
import io.reseal.contract.ScrubProgress;
import io.reseal.problem.RefusedException;
import io.reseal.temporal.ScheduleErrors;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionResult;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Finds the schedules of stores' tours, and what their workflows say. */
public final class Tours {

  /** How long a tour that has ended may take to say how. */
  private static final long RESULT_SECONDS = 5;

  /** The schedule of one store's tours. */
  record Scheduled(StoreRow store, ScheduleHandle handle, ScheduleDescription description) {

    boolean isRunning() {
      return !description.getInfo().getRunningActions().isEmpty();
    }
  }

  private final Services services;
  private final ScheduleClient schedules;

  public Tours(Services services) {
    this.services = services;
    this.schedules = services.temporal().schedules();
  }

  /** Those of all stores that the catalog knows. */
  List<Scheduled> all() {
    List<Scheduled> all = new ArrayList<>();
    services.catalog().stores().all().forEach(store -> find(store).ifPresent(all::add));
    return all;
  }

  /**
   * The one of a store.
   *
   * @param host the host that has it; empty if only one has a store of that name
   */
  Scheduled require(String store, Optional<String> host) {
    List<Scheduled> found =
        services.catalog().stores().all().stream()
            .filter(row -> row.name().equals(store))
            .filter(row -> host.isEmpty() || row.host().equals(host.get()))
            .flatMap(row -> find(row).stream())
            .toList();
    if (found.isEmpty()) {
      throw new RefusedException(
          "No checks of a store \"%s\" are scheduled%s. `reseal scrub list` shows those that are; [scrub] in a host's worker.toml schedules them once its worker is started again."
              .formatted(store, host.map(" on host %s"::formatted).orElse("")));
    }
    if (found.size() > 1) {
      throw new RefusedException(
          "Several hosts check a store \"%s\": choose one with --host (%s)."
              .formatted(
                  store,
                  found.stream().map(one -> one.store().host()).collect(Collectors.joining(", "))));
    }
    return found.get(0);
  }

  /**
   * Ends the tours of a host that is gone: those that run, and those that were to come.
   *
   * @return the names of the stores that had any
   */
  public static List<String> end(Services services, List<StoreRow> stores) {
    if (stores.isEmpty()) {
      // Then Temporal need not be there.
      return List.of();
    }
    Tours tours = new Tours(services);
    List<Scheduled> all = stores.stream().flatMap(store -> tours.find(store).stream()).toList();
    for (Scheduled scheduled : all) {
      scheduled.handle().delete();
      tours.end(scheduled);
    }
    return all.stream().map(scheduled -> scheduled.store().name()).toList();
  }

  private Optional<Scheduled> find(StoreRow store) {
    ScheduleHandle handle = schedules.getHandle(Names.scrubSchedule(store.host(), store.name()));
    try {
      return Optional.of(new Scheduled(store, handle, handle.describe()));
    } catch (ScheduleException | StatusRuntimeException e) {
      if (ScheduleErrors.isNotThere(e)) {
        return Optional.empty();
      }
      // Otherwise what keeps Temporal from answering would not be explained.
      throw e.getCause() instanceof StatusRuntimeException status ? status : e;
    }
  }

  /** What the running tour says; empty if none is running or it does not answer. */
  Optional<ScrubProgress> running(Scheduled tours) {
    return tours.description().getInfo().getRunningActions().stream()
        .findFirst()
        .flatMap(action -> stub((ScheduleActionExecutionStartWorkflow) action))
        .flatMap(
            stub -> {
              try {
                return Optional.of(stub.query("status", ScrubProgress.class));
              } catch (WorkflowException | StatusRuntimeException e) {
                return Optional.empty();
              }
            });
  }

  /** How the newest tour that has ended by itself ended; empty if none has. */
  Optional<ScrubProgress> last(Scheduled tours) {
    List<ScheduleActionResult> recent = tours.description().getInfo().getRecentActions();
    for (int i = recent.size() - 1; i >= 0; i--) {
      ScheduleActionExecutionStartWorkflow action =
          (ScheduleActionExecutionStartWorkflow) recent.get(i).getAction();
      boolean runs =
          tours.description().getInfo().getRunningActions().stream()
              .map(running -> (ScheduleActionExecutionStartWorkflow) running)
              .anyMatch(running -> running.getWorkflowId().equals(action.getWorkflowId()));
      Optional<ScrubProgress> end = runs ? Optional.empty() : result(action);
      if (end.isPresent()) {
        return end;
      }
    }
    return Optional.empty();
  }

  private Optional<ScrubProgress> result(ScheduleActionExecutionStartWorkflow action) {
    try {
      Optional<WorkflowStub> stub = stub(action);
      return stub.isEmpty()
          ? Optional.empty()
          : Optional.ofNullable(
              stub.get().getResult(RESULT_SECONDS, TimeUnit.SECONDS, ScrubProgress.class));
    } catch (WorkflowException | StatusRuntimeException | TimeoutException e) {
      // It was canceled or terminated, or is forgotten.
      return Optional.empty();
    }
  }

  /** Ends the running tour after what it is reading; what it has checked counts. */
  void end(Scheduled tours) {
    tours.description().getInfo().getRunningActions().stream()
        .flatMap(action -> stub((ScheduleActionExecutionStartWorkflow) action).stream())
        .forEach(WorkflowStub::cancel);
  }

  private Optional<WorkflowStub> stub(ScheduleActionExecutionStartWorkflow action) {
    return action.getWorkflowId() == null
        ? Optional.empty()
        : Optional.of(services.temporal().client().newUntypedWorkflowStub(action.getWorkflowId()));
  }
}
