package io.reseal.cli.host;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.HostRow;
import io.reseal.catalog.ThreadRow;
import io.reseal.problem.RefusedException;
import java.util.List;
import java.util.stream.Collectors;

/** Finds a host by name or address among those that have reported. */
final class KnownHosts {

  private final Catalog catalog;

  KnownHosts(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The configured name of the host with that name, or on the machine with that address. */
  String named(String nameOrAddress) {
    List<String> names = catalog.threads().all().stream().map(ThreadRow::host).distinct().toList();
    if (names.contains(nameOrAddress)) {
      return nameOrAddress;
    }
    List<String> there =
        catalog.hosts().at(withoutPort(nameOrAddress)).stream().map(HostRow::name).toList();
    if (there.size() > 1) {
      throw new RefusedException(
          "Several workers run at %s; name one of them: %s."
              .formatted(nameOrAddress, String.join(", ", there)));
    }
    return there.stream().findFirst().orElseThrow(() -> unknown(nameOrAddress, names));
  }

  /** {@code 10.0.0.5:17890}, {@code [fd00::5]:17890}: runbooks include damocles' worker port. */
  private static String withoutPort(String address) {
    if (address.startsWith("[")) {
      int end = address.indexOf(']');
      return end < 0 ? address : address.substring(1, end);
    }
    int colon = address.indexOf(':');
    return colon >= 0 && colon == address.lastIndexOf(':') ? address.substring(0, colon) : address;
  }

  private static RefusedException unknown(String given, List<String> names) {
    return names.isEmpty()
        ? new RefusedException(
            "No worker has reported, neither %s nor any other: start one with reseal worker run."
                .formatted(given))
        : new RefusedException(
            "No worker named %s has reported; known workers: %s."
                .formatted(given, names.stream().collect(Collectors.joining(", "))));
  }
}
