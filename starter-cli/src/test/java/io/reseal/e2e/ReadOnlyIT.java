package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reseal.config.Installation;
import io.reseal.sector.SealProof;
import io.reseal.tls.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** People whose certificate lets them look: through nginx as deploy/temporal sets it up. */
@ExtendWith(FleetExtension.class)
@Timeout(300)
class ReadOnlyIT {

  private static final Path NGINX = Path.of("/usr/sbin/nginx");
  private static final Path SETTINGS = Path.of("../deploy/temporal/read-only.conf");

  @TempDir Path dir;

  private Process nginx;
  private Map<String, String> reader;
  private TestAuthority.Issued operators;

  @BeforeEach
  void startNginx(Fleet fleet) throws IOException {
    assumeTrue(Files.isExecutable(NGINX), "needs nginx");
    int port = freePort();
    TestAuthority server = new TestAuthority(Files.createDirectory(dir.resolve("server")));
    TestAuthority readers = new TestAuthority(Files.createDirectory(dir.resolve("readers")));
    TestAuthority.Issued own = server.issue("localhost");
    this.operators = own;
    TestAuthority.Issued reader = readers.issue("rita");
    String temporal = Installation.load(fleet.home(), Map.of()).temporal().address();
    String settings =
        Files.readString(SETTINGS)
            .replace("listen 7235", "listen 127.0.0.1:" + port)
            .replace("/etc/reseal/tls/temporal.pem", own.certificate().toString())
            .replace("/etc/reseal/tls/temporal.key", own.key().toString())
            .replace("/etc/reseal/tls/client.pem", own.certificate().toString())
            .replace("/etc/reseal/tls/client.key", own.key().toString())
            .replace("/etc/reseal/tls/ca.pem", server.certificate().toString())
            .replace("/etc/reseal/tls/readers-ca.pem", readers.certificate().toString())
            // The server for development has no TLS.
            .replace("grpcs://127.0.0.1:7233", "grpc://" + temporal);
    Path file = Files.writeString(dir.resolve("read-only.conf"), settings);
    Path main =
        Files.writeString(
            dir.resolve("nginx.conf"),
            """
            daemon off;
            pid %1$s/nginx.pid;
            error_log %1$s/error.log;
            events { }
            http {
              access_log off;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              include %2$s;
            }
            """
                .formatted(dir, file));
    nginx =
        new ProcessBuilder(NGINX.toString(), "-c", main.toString(), "-e", dir + "/start.log")
            .inheritIO()
            .start();
    Await.until("nginx listens", () -> listens(port));
    this.reader =
        Map.of(
            "TEMPORAL_ADDRESS", "127.0.0.1:" + port,
            "TEMPORAL_TLS_SERVER_CA_CERT_PATH", server.certificate().toString(),
            "TEMPORAL_TLS_CLIENT_CERT_PATH", reader.certificate().toString(),
            "TEMPORAL_TLS_CLIENT_KEY_PATH", reader.key().toString());
  }

  @AfterEach
  void stopNginx() throws InterruptedException {
    if (nginx != null) {
      nginx.destroy();
      nginx.waitFor();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  // Catches: a command that only looks and asks Temporal for more, and one that acts and may.
  @Test
  void aReaderSeesEverythingAndChangesNothing(Lab lab, Ask ask, Runs runs) throws Exception {
    LostSector sector = lab.lose(SealProof.KIB_2_V1_1);
    LostSector other = lab.lose(SealProof.KIB_2_V1_1);
    assertThat(ask.reseal("util", "worker", "pause", Fleet.HOST_A, "0").status()).isZero();
    assertThat(ask.reseal("util", "worker", "pause", Fleet.HOST_B, "0").status()).isZero();
    ask.rebuild(sector);
    String miner = Long.toString(sector.id().miner());
    String number = Long.toString(sector.id().number());
    for (List<String> look :
        List.of(
            List.of("sectors", "state", miner, number),
            List.of("sectors", "list", "--rebuild", "--sealing=false"),
            List.of("batch", "list"),
            List.of("scrub", "list"),
            List.of("util", "worker", "list"))) {
      Ask.Answer answer = ask.reseal(reader, look.toArray(new String[0]));
      assertThat(answer.status()).as("%s: %s", look, answer).isZero();
      assertThat(answer.err()).as("%s", look).doesNotContain("Temporal at");
    }
    for (List<String> act :
        List.of(
            List.of("sectors", "abort", miner, number),
            List.of("sectors", "pause", miner, number),
            List.of("sectors", "rebuild", miner, Long.toString(other.id().number())),
            List.of("util", "worker", "resume", Fleet.HOST_A, "0"),
            List.of("temporal", "setup"))) {
      Ask.Answer answer = ask.reseal(reader, act.toArray(new String[0]));
      assertThat(answer.status()).as("%s: %s", act, answer).isNotZero();
      assertThat(answer.err())
          .as("%s", act)
          .contains(
              "not give this client the right to do this (this certificate may look, not act)");
    }
    // Nothing has changed, and others can go on.
    assertThat(ask.sectors("abort", sector).status()).isZero();
    assertThat(ask.reseal("util", "worker", "resume", Fleet.HOST_A, "0").status()).isZero();
    assertThat(ask.reseal("util", "worker", "resume", Fleet.HOST_B, "0").status()).isZero();
  }

  // Catches: a certificate of the operators' authority, or none, that gets in here.
  @Test
  void onlyReadersGetIn(Ask ask) {
    assertThat(ask.reseal(reader, "scrub", "list").err()).isEmpty();
    Map<String, String> nobody = new HashMap<>(reader);
    nobody.remove("TEMPORAL_TLS_CLIENT_CERT_PATH");
    nobody.remove("TEMPORAL_TLS_CLIENT_KEY_PATH");
    Map<String, String> operator = new HashMap<>(reader);
    operator.put("TEMPORAL_TLS_CLIENT_CERT_PATH", operators.certificate().toString());
    operator.put("TEMPORAL_TLS_CLIENT_KEY_PATH", operators.key().toString());
    for (Map<String, String> other : List.of(nobody, operator)) {
      assertThat(ask.reseal(other, "scrub", "list").err()).contains("Temporal at");
    }
  }
}
