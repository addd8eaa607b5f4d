package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.StatusProto;
import io.reseal.problem.ProblemException.Category;
import io.temporal.api.errordetails.v1.NamespaceNotFoundFailure;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way in which Temporal cannot be used has its own sentence and exit status. */
class TemporalErrorsTest {

  private final TemporalErrors errors = new TemporalErrors("there:7233", "reseal");

  // Catches: failures of different causes that all have the sentence of a server that is away.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNAVAILABLE | UNREACHABLE | does not answer at there:7233 | true",
        "DEADLINE_EXCEEDED | UNREACHABLE | does not answer in time at there:7233 | true",
        "UNAUTHENTICATED | UNREACHABLE | refuses this client's identity | true",
        "PERMISSION_DENIED | UNREACHABLE | does not give this client the right | true",
        "RESOURCE_EXHAUSTED | UNREACHABLE | is overloaded | false",
        "UNIMPLEMENTED | FAILED | is not a Temporal server that Reseal can use | false",
        "NOT_FOUND | FAILED | lacks what Reseal needs | false",
        "INTERNAL | FAILED | answered INTERNAL | false",
      })
  void eachStatusHasItsSentence(Code code, Category category, String words, boolean outage) {
    StatusRuntimeException thrown =
        code.toStatus().withDescription("so it said").asRuntimeException();

    TemporalException explained = errors.explain(thrown);

    assertThat(explained.getMessage()).contains(words, "there:7233");
    assertThat(explained.category()).isEqualTo(category);
    assertThat(TemporalErrors.isOutage(thrown)).isEqualTo(outage);
  }

  // Catches: a certificate that is refused, reported as a server that is away.
  @Test
  void theCauseOfAnUnavailableServerIsNamed() {
    assertThat(unavailable(new SSLHandshakeException("PKIX path building failed")))
        .contains("TLS", "PKIX path building failed", "TEMPORAL_TLS_");
    assertThat(
            unavailable(
                new IllegalStateException(
                    new SSLException("General", new CertificateException("expired")))))
        .contains("TLS", "expired");
    assertThat(unavailable(new UnknownHostException("there"))).contains("no host has that name");
    assertThat(unavailable(new ConnectException("Verbindungsaufbau abgelehnt")))
        .contains("nothing accepts connections there");
  }

  private String unavailable(Exception cause) {
    return errors
        .explain(
            io.grpc.Status.UNAVAILABLE
                .withDescription("io exception")
                .withCause(cause)
                .asRuntimeException())
        .getMessage();
  }

  // Catches: an unknown namespace that is taken for an unknown workflow.
  @Test
  void anUnknownNamespaceIsNamed() {
    StatusRuntimeException thrown =
        StatusProto.toStatusRuntimeException(
            Status.newBuilder()
                .setCode(Code.NOT_FOUND.value())
                .addDetails(Any.pack(NamespaceNotFoundFailure.getDefaultInstance()))
                .build());

    assertThat(errors.explain(thrown))
        .hasMessage(
            "Temporal at there:7233 has no namespace reseal: run reseal temporal setup, or correct"
                + " [temporal] namespace in reseal.toml.");
    assertThat(TemporalErrors.isOutage(thrown)).isTrue();
  }

  // Catches: real connections whose failures do not carry the expected exceptions.
  @Test
  void realConnectionsThatFailAreExplained() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    assertThat(errors.explain(call("127.0.0.1:" + closed, false)).getMessage())
        .contains("nothing accepts connections there");
    Server plain =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()).build().start();
    try {
      String address = "127.0.0.1:" + plain.getPort();
      assertThat(errors.explain(call(address, true)).getMessage()).contains("TLS");
      assertThat(errors.explain(call(address, false)).getMessage())
          .contains("is not a Temporal server");
    } finally {
      plain.shutdownNow();
    }
  }

  private static StatusRuntimeException call(String address, boolean tls) {
    var channel =
        Grpc.newChannelBuilder(
                address,
                tls ? TlsChannelCredentials.create() : io.grpc.InsecureChannelCredentials.create())
            .build();
    try {
      return catchThrowableOfType(
          StatusRuntimeException.class,
          () ->
              WorkflowServiceGrpc.newBlockingStub(channel)
                  .getSystemInfo(GetSystemInfoRequest.getDefaultInstance()));
    } finally {
      channel.shutdownNow();
    }
  }
}
