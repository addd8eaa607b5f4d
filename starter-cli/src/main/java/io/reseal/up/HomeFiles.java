package io.reseal.up;

import io.reseal.config.Installation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A home's files and directories: created on the first start, then left to the operator. */
final class HomeFiles {

  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost");

  private final Home home;

  HomeFiles(Home home) {
    this.home = home;
  }

  boolean exist() {
    return Files.exists(home.installationFile());
  }

  /** Creates them. The installation's file is last: if it exists, so do the others. */
  void create(UpRequest request) throws IOException {
    for (Path directory :
        List.of(home.pieces(), home.store(), home.scratch(), home.mariadb(), home.logs())) {
      Files.createDirectories(directory);
    }
    if (!Files.exists(home.passwordFile())) {
      byte[] secret = new byte[16];
      new SecureRandom().nextBytes(secret);
      Files.createFile(
          home.passwordFile(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(home.passwordFile(), HexFormat.of().formatHex(secret) + "\n");
    }
    if (request.pieceStore().isPresent()) {
      Files.createDirectories(home.pieceCache());
    }
    if (!Files.exists(home.workerFile())) {
      writeWhole(home.workerFile(), workerText(request));
    }
    writeWhole(home.installationFile(), installationText(request.ports()));
  }

  private String workerText(UpRequest request) throws IOException {
    Template template =
        Template.of("worker.toml")
            .paths("worker", "local_pieces_dirs", home.pieces())
            .text("sealing_thread", "location", home.scratch())
            .text("sealing_thread", "plan", "rebuild")
            .text("attached", "name", "store")
            .text("attached", "location", home.store());
    request
        .pieceStore()
        .ifPresent(
            url ->
                template
                    .text("pieces", "cache", home.pieceCache())
                    .with("pieces.http")
                    .text("pieces.http", "url", url));
    return request
        .hostName()
        .map(name -> template.text("worker", "name", name))
        .orElseGet(() -> template.leaveOut("worker", "name"))
        .text();
  }

  private String installationText(Ports ports) throws IOException {
    return Template.of("reseal.toml")
        .text("temporal", "address", EmbeddedTemporal.address(ports))
        .text("temporal", "ui", EmbeddedTemporal.ui(ports))
        .text("catalog", "url", EmbeddedMariaDb.url(ports.mariadb()))
        .text("catalog", "user", EmbeddedMariaDb.USER)
        .text("catalog", "password_file", home.passwordFile().getFileName())
        .text();
  }

  private static void writeWhole(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(temporary, text);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The installation according to its file, ignoring the environment, with the ports on which to
   * start the services.
   */
  Installation load() {
    return Installation.load(home.directory(), Map.of());
  }

  /** The ports in the installation's file; services on other machines cannot be started here. */
  Ports ports(Installation installation, UpRequest request) {
    Ports ports =
        new Ports(
            port("[temporal] address", "tcp://" + installation.temporal().address()),
            port("[temporal] ui", installation.temporal().ui().orElse("")),
            port("[catalog] url", installation.catalog().url().replaceFirst("^jdbc:", "")));
    same("--temporal-port", request.temporalPort(), ports.temporal());
    same("--ui-port", request.uiPort(), ports.ui());
    same("--mariadb-port", request.mariadbPort(), ports.mariadb());
    return ports;
  }

  private int port(String key, String address) {
    URI uri = URI.create(address);
    if (uri.getHost() == null || uri.getPort() < 0 || !LOOPBACK.contains(uri.getHost())) {
      throw UpException.refused(
          ("%s in %s is not on 127.0.0.1 with a port, so `reseal up` cannot start that service. Run"
                  + " only the worker (reseal worker run), or correct the file.")
              .formatted(key, home.installationFile()));
    }
    return uri.getPort();
  }

  private void same(String option, Optional<Integer> asked, int written) {
    if (asked.isPresent() && asked.get() != written) {
      throw UpException.refused(
          "%s %d differs from port %d in %s, which counts after the first start. Change it there."
              .formatted(option, asked.get(), written, home.installationFile()));
    }
  }
}
