package io.reseal.worker;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Set;

/** The host name and IP addresses by which other machines may know this one. */
final class MachineAddresses {

  private MachineAddresses() {}

  /** Separated by single spaces, the host name first; empty if the machine has none. */
  static String get() {
    Set<String> addresses = new LinkedHashSet<>();
    try {
      addresses.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      // A machine without a name still has addresses.
    }
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .forEach(addresses::add);
    } catch (SocketException e) {
      // Without its addresses the machine is still known by its name.
    }
    return String.join(" ", addresses);
  }
}
