package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import io.reseal.tls.TestAuthority;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemporalConnectionTest {

  /** A server that answers only what a connection asks first. */
  private static final class Answering extends WorkflowServiceGrpc.WorkflowServiceImplBase {
    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.newBuilder().setServerVersion("1.31.0").build());
      answer.onCompleted();
    }
  }

  @TempDir private Path temp;

  // Catches: certificates that are ignored, on either side.
  @Test
  void eachSideAsksForTheOthersCertificate() throws IOException {
    TestAuthority authority = new TestAuthority(temp);
    TestAuthority stranger = new TestAuthority(Files.createDirectory(temp.resolve("stranger")));
    Server server = serve(authority);
    try {
      assertThat(version(server, authority, authority.issue("worker"))).isEqualTo("1.31.0");
      assertThatThrownBy(() -> version(server, authority, stranger.issue("worker")))
          .as("a client whom the server does not know")
          .isInstanceOf(StatusRuntimeException.class);
      assertThatThrownBy(() -> version(server, stranger, authority.issue("worker")))
          .as("a server whom the client does not know")
          .isInstanceOf(StatusRuntimeException.class);
    } finally {
      server.shutdownNow();
    }
  }

  private static Server serve(TestAuthority authority) throws IOException {
    TestAuthority.Issued own = authority.issue("server");
    return Grpc.newServerBuilderForPort(
            0,
            TlsServerCredentials.newBuilder()
                .keyManager(own.certificate().toFile(), own.key().toFile())
                .trustManager(authority.certificate().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build())
        .addService(new Answering())
        .build()
        .start();
  }

  private static String version(Server server, TestAuthority trusted, TestAuthority.Issued own) {
    Map<String, String> environment = new HashMap<>();
    environment.put("TEMPORAL_TLS", "true");
    environment.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", trusted.certificate().toString());
    environment.put("TEMPORAL_TLS_CLIENT_CERT_PATH", own.certificate().toString());
    environment.put("TEMPORAL_TLS_CLIENT_KEY_PATH", own.key().toString());
    try (TemporalConnection connection =
        TemporalConnection.open("127.0.0.1:" + server.getPort(), "reseal", environment)) {
      return new TemporalProbe(connection).serverVersion();
    }
  }

  // Catches: workflows' inputs that cross a network in the clear without a word.
  @ParameterizedTest
  @CsvSource({
    "temporal.example:7233, false, true",
    "10.0.0.7:7233, false, true",
    "temporal.example:7233, true, false",
    "127.0.0.1:7233, false, false",
    "localhost:7233, false, false",
    "[::1]:7233, false, false"
  })
  void warnsOfAConnectionThatOthersCanRead(String address, boolean tls, boolean warns) {
    try (TemporalConnection connection =
        TemporalConnection.open(address, "reseal", Map.of("TEMPORAL_TLS", Boolean.toString(tls)))) {
      assertThat(connection.plaintextWarning().isPresent()).isEqualTo(warns);
    }
  }
}
