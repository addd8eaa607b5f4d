package io.reseal.up;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of an embedded installation. All but the home directory are written into its files
 * at the first start; after that, the files count.
 *
 * @param home its directory
 * @param temporalPort Temporal's port, if chosen
 * @param uiPort the Web UI's port, if chosen
 * @param mariadbPort MariaDB's port, if chosen
 * @param hostName the sealing host's name, if chosen
 * @param pieceStore address of a piece store that the sealing host asks by HTTP, if any
 */
public record UpRequest(
    Path home,
    Optional<Integer> temporalPort,
    Optional<Integer> uiPort,
    Optional<Integer> mariadbPort,
    Optional<String> hostName,
    Optional<String> pieceStore) {

  /** An installation with all ports given. */
  public static UpRequest of(Path home, Ports ports, String hostName) {
    return new UpRequest(
        home,
        Optional.of(ports.temporal()),
        Optional.of(ports.ui()),
        Optional.of(ports.mariadb()),
        Optional.of(hostName),
        Optional.empty());
  }

  /** Likewise, with a piece store. */
  public UpRequest withPieceStore(String url) {
    return new UpRequest(home, temporalPort, uiPort, mariadbPort, hostName, Optional.of(url));
  }

  Ports ports() {
    return new Ports(
        temporalPort.orElse(Ports.STANDARD.temporal()),
        uiPort.orElse(Ports.STANDARD.ui()),
        mariadbPort.orElse(Ports.STANDARD.mariadb()));
  }
}
