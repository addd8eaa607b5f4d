package io.reseal.cli.inputs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.Homes;
import io.reseal.cli.Terminal;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.record.Sectors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code pieces check} on a real MariaDB and a real HTTP server. */
class PiecesCheckIT {

  @TempDir Path home;

  private Catalog catalog;
  private Terminal terminal;
  private HttpServer server;
  private int fetched;

  @BeforeEach
  void installation() throws IOException {
    CatalogSettings settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    catalog.sectors().add(Sectors.withPieces());
    terminal = new Terminal(Homes.write(home, "127.0.0.1:1", settings));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean here = exchange.getRequestURI().getPath().equals("/piece/" + Sectors.PIECE_2);
          fetched += exchange.getRequestMethod().equals("HEAD") ? 0 : 1;
          exchange.getResponseHeaders().set("Content-Length", here ? "1016" : "0");
          exchange.sendResponseHeaders(here ? 200 : 404, -1);
          exchange.close();
        });
    server.start();
    for (String directory : List.of("scratch", "store", "pieces", "cache")) {
      Files.createDirectory(home.resolve(directory));
    }
    Files.writeString(
        home.resolve("worker.toml"),
        """
        [worker]
        name = "host-a"
        local_pieces_dirs = ["%1$s/pieces"]
        [pieces]
        cache = "%1$s/cache"
        [[pieces.http]]
        url = "http://127.0.0.1:%2$d"
        [[sealing_thread]]
        location = "%1$s/scratch"
        plan = "rebuild"
        [[attached]]
        location = "%1$s/store"
        """
            .formatted(home, server.getAddress().getPort()));
  }

  @AfterEach
  void close() {
    server.stop(0);
    catalog.close();
  }

  /** The filler is not asked for: it needs no data. */
  @Test
  void showsOfEachPieceWhatEveryPlaceAnswers() throws IOException {
    Path file = Files.write(home.resolve("pieces").resolve(Sectors.PIECE_1), new byte[508]);

    Result result = terminal.run("pieces check 1001 3");

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains(Sectors.PIECE_1, "here", file.toString(), "508 bytes")
        .contains(Sectors.PIECE_2, "offered", "1016 bytes", "answered 404")
        .contains(home.resolve("store/unsealed/s-t01001-3").toString())
        .endsWith("2 of 2 pieces were found.\n");
    assertThat(fetched).isZero();
    assertThat(home.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void aPieceThatIsNowhereMakesTheStatusOneAndJsonTellsTheSame() throws IOException {
    Result result = terminal.run("sectors pieces check f01001 3 --output json");

    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    JsonNode checks = new ObjectMapper().readTree(result.out());
    assertThat(checks).hasSize(2);
    assertThat(checks.at("/0/cid").asText()).isEqualTo(Sectors.PIECE_1);
    assertThat(checks.at("/0/reachable").asBoolean()).isFalse();
    assertThat(checks.at("/0/places").findValuesAsText("verdict")).containsOnly("absent");
    assertThat(checks.at("/1/reachable").asBoolean()).isTrue();
    assertThat(checks.at("/1/places").findValuesAsText("verdict")).contains("absent", "offered");
  }

  @Test
  void refusesSectorsThatItDoesNotKnowAndAHostWithoutAFile() throws IOException {
    assertThat(terminal.run("pieces check 1001 99").status()).isEqualTo(ExitStatus.REFUSED);

    Files.delete(home.resolve("worker.toml"));
    Result result = terminal.run("pieces check 1001 3");
    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).contains("has no worker.toml").contains("-c");
  }
}
