package io.reseal.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.outage.NetworkFault;
import io.reseal.problem.ProblemException.Category;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.serviceclient.StatusUtils;
import java.util.Optional;

/** Turns the failures of calls to Temporal into messages for users, by gRPC's status and causes. */
public final class TemporalErrors {

  private final String address;
  private final String namespace;

  public TemporalErrors(String address, String namespace) {
    this.address = address;
    this.namespace = namespace;
  }

  /** Whether Temporal as a whole cannot be used, rather than having refused this one call. */
  public static boolean isOutage(StatusRuntimeException thrown) {
    return switch (thrown.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, UNAUTHENTICATED, PERMISSION_DENIED -> true;
      default -> isNamespaceUnknown(thrown);
    };
  }

  private static boolean isNamespaceUnknown(StatusRuntimeException thrown) {
    return StatusUtils.hasFailure(thrown, NamespaceNotFoundFailure.class);
  }

  /** What happened, to what, and what to do. */
  public TemporalException explain(StatusRuntimeException thrown) {
    if (isNamespaceUnknown(thrown)) {
      return failed(
          thrown,
          ("Temporal at %s has no namespace %s: run reseal temporal setup, or correct [temporal]"
                  + " namespace in reseal.toml.")
              .formatted(address, namespace));
    }
    Status status = thrown.getStatus();
    return switch (status.getCode()) {
      case UNAVAILABLE, CANCELLED -> unreachable(thrown, NetworkFault.of(thrown));
      case DEADLINE_EXCEEDED ->
          unreachable(
              thrown,
              ("Temporal does not answer in time at %s: check that its server and database work and"
                      + " that a worker is running.")
                  .formatted(address));
      case UNAUTHENTICATED ->
          unreachable(
              thrown,
              ("Temporal at %s refuses this client's identity%s: check the API key or certificate"
                      + " in the TEMPORAL_… settings.")
                  .formatted(address, said(status)));
      case PERMISSION_DENIED ->
          unreachable(
              thrown,
              ("Temporal at %s does not give this client the right to do this%s: grant it access to"
                      + " namespace %s.")
                  .formatted(address, said(status), namespace));
      case RESOURCE_EXHAUSTED ->
          unreachable(
              thrown,
              "Temporal at %s is overloaded%s: try again later, or raise its limits."
                  .formatted(address, said(status)));
      case UNIMPLEMENTED ->
          failed(
              thrown,
              ("%s is not a Temporal server that Reseal can use%s: correct [temporal] address in"
                      + " reseal.toml, or upgrade the server to %s or newer.")
                  .formatted(address, said(status), ServerVersion.OLDEST_TEMPORAL));
      case NOT_FOUND, INVALID_ARGUMENT ->
          failed(
              thrown,
              "Temporal at %s lacks what Reseal needs there%s: run reseal temporal setup."
                  .formatted(address, said(status)));
      default ->
          failed(
              thrown,
              "Temporal at %s answered %s%s.".formatted(address, status.getCode(), said(status)));
    };
  }

  private TemporalException unreachable(
      StatusRuntimeException thrown, Optional<NetworkFault> fault) {
    if (fault.equals(Optional.of(NetworkFault.TLS))) {
      return unreachable(
          thrown,
          ("Temporal at %s: %s (%s): check the certificates in the TEMPORAL_TLS_… settings, and"
                  + " whether the server uses TLS.")
              .formatted(address, NetworkFault.TLS.text(), NetworkFault.words(thrown)));
    }
    return unreachable(
        thrown,
        ("Temporal does not answer at %s (%s): start it (reseal up), or correct [temporal] address"
                + " in reseal.toml; check also whether it uses TLS.")
            .formatted(
                address,
                fault.map(NetworkFault::text).orElseGet(() -> NetworkFault.words(thrown))));
  }

  private static TemporalException unreachable(Throwable thrown, String sentence) {
    return new TemporalException(Category.UNREACHABLE, sentence, thrown);
  }

  private static TemporalException failed(Throwable thrown, String sentence) {
    return new TemporalException(Category.FAILED, sentence, thrown);
  }

  private static String said(Status status) {
    return status.getDescription() == null ? "" : " (" + status.getDescription() + ")";
  }
}
