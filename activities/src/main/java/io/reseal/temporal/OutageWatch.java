package io.reseal.temporal;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reseal.outage.Outage;
import java.util.Set;

/** Learns from the result of every call whether Temporal can be used, and keeps the log of it. */
final class OutageWatch implements ClientInterceptor {

  /** Calls that wait for something to happen: their deadline says nothing about the server. */
  private static final Set<String> WAITING =
      Set.of(
          "PollWorkflowExecutionUpdate",
          "UpdateWorkflowExecution",
          "ExecuteMultiOperation",
          "GetWorkflowExecutionHistory",
          "QueryWorkflow");

  private final Outage outage;
  private final TemporalErrors errors;

  OutageWatch(Outage outage, TemporalErrors errors) {
    this.outage = outage;
    this.errors = errors;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                note(method.getBareMethodName(), status, trailers);
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }

  private void note(String method, Status status, Metadata trailers) {
    if (status.isOk()) {
      outage.answered();
      return;
    }
    boolean waited = status.getCode() == Status.Code.DEADLINE_EXCEEDED && WAITING.contains(method);
    StatusRuntimeException thrown = status.asRuntimeException(trailers);
    if (TemporalErrors.isOutage(thrown) && !waited) {
      outage.failed(errors.explain(thrown).getMessage());
    }
  }
}
