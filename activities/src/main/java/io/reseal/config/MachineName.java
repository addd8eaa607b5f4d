package io.reseal.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's own host name. */
final class MachineName {

  private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

  private MachineName() {}

  /** The kernel's host name, read without a name service; empty if the machine has none. */
  static String get() {
    try {
      return Files.readString(KERNEL).strip();
    } catch (IOException e) {
      return byNameService();
    }
  }

  private static String byNameService() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }
}
