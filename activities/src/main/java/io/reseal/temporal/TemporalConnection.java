package io.reseal.temporal;

import com.uber.m3.tally.NoopScope;
import com.uber.m3.tally.Scope;
import io.grpc.ClientInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.config.Installation;
import io.reseal.config.Loopback;
import io.reseal.contract.Payloads;
import io.reseal.outage.Outage;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.GetClusterInfoRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client's connection to one namespace of one Temporal server, with the keys and certificates of
 * its {@link ClientSettings}.
 */
public final class TemporalConnection implements TemporalRuns, AutoCloseable {

  private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

  private final WorkflowServiceStubsOptions serviceOptions;
  private final WorkflowServiceStubs service;
  private final WorkflowClient client;
  private final Outage outage;
  private final String address;
  private final String namespace;

  private TemporalConnection(
      WorkflowServiceStubsOptions serviceOptions,
      WorkflowServiceStubs service,
      WorkflowClient client,
      Outage outage,
      String address,
      String namespace) {
    this.serviceOptions = serviceOptions;
    this.service = service;
    this.client = client;
    this.outage = outage;
    this.address = address;
    this.namespace = namespace;
  }

  /** The connection of a program that is not asked who it is. */
  public static TemporalConnection open(
      String address, String namespace, Map<String, String> environment) {
    return open(
        new Installation.Temporal(address, namespace), "reseal-cli", new NoopScope(), environment);
  }

  /**
   * Creates a connection that connects at the first call.
   *
   * @param identity who this process is, shown with everything it does
   * @param metrics receives what Temporal's own code measures
   */
  public static TemporalConnection open(
      Installation.Temporal server,
      String identity,
      Scope metrics,
      Map<String, String> environment) {
    String address = server.address();
    String namespace = server.namespace();
    ClientConfigProfile profile =
        ClientSettings.of(server, environment).profile().toBuilder()
            .setAddress(address)
            .setNamespace(namespace)
            .build();
    WorkflowServiceStubsOptions ofProfile = profile.toWorkflowServiceStubsOptions();
    Outage outage = new Outage("Temporal at " + address);
    OutageWatch watch = new OutageWatch(outage, new TemporalErrors(address, namespace));
    WorkflowServiceStubsOptions options =
        WorkflowServiceStubsOptions.newBuilder(ofProfile)
            .setGrpcClientInterceptors(with(watch, ofProfile.getGrpcClientInterceptors()))
            .setRpcTimeout(CALL_LIMIT)
            .setMetricsScope(metrics)
            .validateAndBuildWithDefaults();
    WorkflowServiceStubs service = WorkflowServiceStubs.newServiceStubs(options);
    WorkflowClient client =
        WorkflowClient.newInstance(
            service,
            WorkflowClientOptions.newBuilder(profile.toWorkflowClientOptions())
                .setIdentity(identity)
                .setDataConverter(Payloads.converter())
                .build());
    return new TemporalConnection(options, service, client, outage, address, namespace);
  }

  private static List<ClientInterceptor> with(
      ClientInterceptor first, Collection<ClientInterceptor> others) {
    List<ClientInterceptor> all = new ArrayList<>(List.of(first));
    if (others != null) {
      all.addAll(others);
    }
    return all;
  }

  /** The outages of this server that this connection has noticed. */
  public Outage outage() {
    return outage;
  }

  public WorkflowClient client() {
    return client;
  }

  /** The schedules of the same namespace. */
  public ScheduleClient schedules() {
    return ScheduleClient.newInstance(
        service,
        ScheduleClientOptions.newBuilder()
            .setNamespace(namespace)
            .setIdentity(client.getOptions().getIdentity())
            .setDataConverter(Payloads.converter())
            .build());
  }

  public WorkflowServiceStubs service() {
    return service;
  }

  /** A warning if what is sent to the server can be read on the way. */
  public Optional<String> plaintextWarning() {
    boolean encrypted = serviceOptions.getSslContext() != null || serviceOptions.getEnableHttps();
    return encrypted || Loopback.is(address.replaceFirst(":\\d+$", ""))
        ? Optional.empty()
        : Optional.of(
            "The connection to Temporal at %s is not encrypted; set TEMPORAL_TLS and the certificates' variables (TEMPORAL_TLS_…), see the section on security in docs/operating.md."
                .formatted(address));
  }

  public String address() {
    return address;
  }

  public String namespace() {
    return namespace;
  }

  /**
   * Which Temporal this is, asked each time, because another one may answer at the same address
   * later. Empty for the in-memory server, which has no identity.
   */
  @Override
  public Optional<TemporalIdentity> identity() {
    try {
      var server = service.blockingStub();
      String cluster =
          server.getClusterInfo(GetClusterInfoRequest.getDefaultInstance()).getClusterId();
      String space =
          server
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build())
              .getNamespaceInfo()
              .getId();
      return Optional.of(new TemporalIdentity(cluster, space));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public Optional<Run> find(String workflowId, String runId) {
    return describe(
        WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId).setRunId(runId).build());
  }

  @Override
  public Optional<Run> newest(String workflowId) {
    return describe(WorkflowTargetOptions.newBuilder().setWorkflowId(workflowId).build());
  }

  private Optional<Run> describe(WorkflowTargetOptions target) {
    try {
      WorkflowExecutionDescription run = client.newUntypedWorkflowStub(target).describe();
      String runId = run.getExecution().getRunId();
      String first = run.getWorkflowExecutionInfo().getFirstRunId();
      return Optional.of(new Run(runId, first.isEmpty() ? runId : first, run.getStatus()));
    } catch (WorkflowNotFoundException e) {
      return Optional.empty();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The stubs of the server's administration, to be shut down by the caller. */
  OperatorServiceStubs operatorService() {
    return OperatorServiceStubs.newServiceStubs(
        OperatorServiceStubsOptions.newBuilder(serviceOptions).validateAndBuildWithDefaults());
  }

  @Override
  public void close() {
    service.shutdownNow();
  }
}
