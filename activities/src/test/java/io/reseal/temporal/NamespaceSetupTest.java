package io.reseal.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.GetSystemInfoResponse;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NamespaceSetupTest {

  /** A server that reports an old version and counts the namespaces it is asked to make. */
  private static final class OldServer extends WorkflowServiceGrpc.WorkflowServiceImplBase {

    private int namespaces;

    @Override
    public void getSystemInfo(
        GetSystemInfoRequest request, StreamObserver<GetSystemInfoResponse> answer) {
      answer.onNext(GetSystemInfoResponse.newBuilder().setServerVersion("1.30.4").build());
      answer.onCompleted();
    }

    @Override
    public void registerNamespace(
        RegisterNamespaceRequest request, StreamObserver<RegisterNamespaceResponse> answer) {
      namespaces++;
      answer.onNext(RegisterNamespaceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private final OldServer old = new OldServer();
  private Server server;

  @BeforeEach
  void startServer() throws IOException {
    server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(old)
            .build()
            .start();
  }

  @AfterEach
  void stopServer() {
    server.shutdownNow();
  }

  /** Seen to catch a set-up that begins on a server which ignores priorities. */
  @Test
  void aServerThatIsTooOldIsRefusedBeforeAnythingIsMade() {
    String address = "127.0.0.1:" + server.getPort();
    try (TemporalConnection connection = TemporalConnection.open(address, "reseal", Map.of())) {
      NamespaceSetup setup = new NamespaceSetup(connection);

      assertThatThrownBy(() -> setup.run(Duration.ofDays(1)))
          .isInstanceOf(TemporalException.class)
          .hasMessageContaining(address)
          .hasMessageContaining("1.30.4")
          .hasMessageContaining(ServerVersion.OLDEST_TEMPORAL.toString());
      assertThat(old.namespaces).isZero();
    }
  }
}
