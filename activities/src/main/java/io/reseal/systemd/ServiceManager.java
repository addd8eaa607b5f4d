package io.reseal.systemd;

import com.sun.jna.LastErrorException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started this process, and that waits for its messages: systemd, for
 * units with {@code Type=notify}. Without one, the messages go nowhere. One that does not take a
 * message must not hinder the work, so that is only logged.
 */
public final class ServiceManager {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

  /** The variable that names the socket on which the manager listens. */
  public static final String SOCKET = "NOTIFY_SOCKET";

  /** Begins the name of a socket that is in no directory; in its address there is a zero. */
  private static final char ABSTRACT = '@';

  private final Optional<byte[]> address;
  private String status = "";
  private boolean failed;

  private ServiceManager(Optional<byte[]> address) {
    this.address = address;
  }

  /** The manager that these environment variables name. */
  public static ServiceManager of(Map<String, String> environment) {
    return new ServiceManager(
        Optional.ofNullable(environment.get(SOCKET))
            .filter(name -> !name.isEmpty())
            .map(name -> name.charAt(0) == ABSTRACT ? '\0' + name.substring(1) : name)
            .map(name -> name.getBytes(StandardCharsets.UTF_8)));
  }

  /** Says that the process has started and does its work. */
  public void ready() {
    send("READY=1");
  }

  /** Says that the process is about to end. */
  public void stopping() {
    send("STOPPING=1");
  }

  /** Says that the process works; one that stops saying so is ended by its unit's watchdog. */
  public void alive() {
    send("WATCHDOG=1");
  }

  /** Says in one line what the process does, for {@code systemctl status}. */
  public synchronized void status(String line) {
    if (!line.equals(status)) {
      status = line;
      send("STATUS=" + line);
    }
  }

  private synchronized void send(String message) {
    if (address.isEmpty()) {
      return;
    }
    try {
      DatagramSocket.send(address.get(), message.getBytes(StandardCharsets.UTF_8));
      failed = false;
    } catch (LastErrorException e) {
      if (!failed) {
        LOG.warn("The service manager did not take the message {}: {}", message, e.getMessage());
      }
      failed = true;
    }
  }
}
