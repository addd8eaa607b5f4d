package io.reseal.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ServiceManagerTest {

  @TempDir Path directory;

  /** The other side's part of the C library. */
  interface Receiving extends Library {

    Receiving INSTANCE = Native.load("c", Receiving.class);

    int bind(int socket, byte[] address, int size) throws LastErrorException;

    long recv(int socket, byte[] message, long length, int flags) throws LastErrorException;
  }

  /** A socket on which messages arrive, as systemd has one. */
  private static final class Inbox implements AutoCloseable {

    private static final int MSG_DONTWAIT = 0x40;

    private final int socket =
        DatagramSocket.CLibrary.INSTANCE.socket(
            DatagramSocket.AF_UNIX, DatagramSocket.SOCK_DGRAM, 0);

    Inbox(String name) {
      byte[] address = DatagramSocket.address(name.getBytes(StandardCharsets.UTF_8));
      Receiving.INSTANCE.bind(socket, address, address.length);
    }

    String next() {
      return receive(0);
    }

    boolean isEmpty() {
      try {
        receive(MSG_DONTWAIT);
        return false;
      } catch (LastErrorException e) {
        return true;
      }
    }

    private String receive(int flags) {
      byte[] message = new byte[4096];
      long length = Receiving.INSTANCE.recv(socket, message, message.length, flags);
      return new String(message, 0, Math.toIntExact(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      DatagramSocket.CLibrary.INSTANCE.close(socket);
    }
  }

  // Catches: words that systemd does not know.
  @Test
  void tellsWhatTheProcessDoes() {
    String name = directory.resolve("notify").toString();
    try (Inbox inbox = new Inbox(name)) {
      ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name));

      manager.ready();
      assertThat(inbox.next()).isEqualTo("READY=1");
      manager.alive();
      assertThat(inbox.next()).isEqualTo("WATCHDOG=1");
      manager.status("f01001/123 in PC1 · 3 of 11");
      assertThat(inbox.next()).isEqualTo("STATUS=f01001/123 in PC1 · 3 of 11");
      manager.stopping();
      assertThat(inbox.next()).isEqualTo("STOPPING=1");
    }
  }

  // Catches: a line that is sent each second although nothing has changed.
  @Test
  void aStatusIsToldOnce() {
    String name = directory.resolve("notify").toString();
    try (Inbox inbox = new Inbox(name)) {
      ServiceManager manager = ServiceManager.of(Map.of("NOTIFY_SOCKET", name));

      manager.status("idle");
      manager.status("idle");
      assertThat(inbox.next()).isEqualTo("STATUS=idle");
      assertThat(inbox.isEmpty()).isTrue();
    }
  }

  // Catches: messages to a socket that is in no directory, as those of some containers.
  @Test
  void anAbstractSocketIsReached() {
    String name = "reseal-" + UUID.randomUUID();
    try (Inbox inbox = new Inbox('\0' + name)) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", "@" + name)).ready();

      assertThat(inbox.next()).isEqualTo("READY=1");
    }
  }

  // Catches: a worker that cannot run in a terminal, or where the service manager has gone.
  @Test
  void withoutAManagerNothingHappens() {
    String nobody = directory.resolve("nobody").toString();
    assertThatCode(
            () -> {
              ServiceManager.of(Map.of()).ready();
              ServiceManager.of(Map.of("NOTIFY_SOCKET", "")).alive();
              ServiceManager.of(Map.of("NOTIFY_SOCKET", nobody)).alive();
            })
        .doesNotThrowAnyException();
  }
}
