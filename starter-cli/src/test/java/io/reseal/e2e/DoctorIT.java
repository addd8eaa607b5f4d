package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The doctor before real services. */
@ExtendWith(FleetExtension.class)
@Timeout(120)
class DoctorIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Fleet fleet;
  private final Ask ask;

  DoctorIT(Fleet fleet, Ask ask) {
    this.fleet = fleet;
    this.ask = ask;
  }

  private static List<String> of(JsonNode findings, String verdict) {
    List<String> found = new ArrayList<>();
    findings.forEach(
        finding -> {
          if (finding.path("verdict").asText().equals(verdict)) {
            found.add(finding.path("subject").asText() + ": " + finding.path("text").asText());
          }
        });
    return found;
  }

  // Seen to fail: with a doctor that takes this host's own worker for another one of its name.
  @Test
  void nothingStopsRebuildsOfAFleetThatRunsAndNothingIsChanged() throws Exception {
    Map<String, String> store = LostSector.tree(fleet.store(), fleet.store());
    Ask.Answer answer = ask.reseal("doctor", "--output", "json");
    JsonNode findings = JSON.readTree(answer.out());
    assertThat(of(findings, "problem")).isEmpty();
    assertThat(answer.status()).isZero();
    assertThat(of(findings, "ok"))
        .anySatisfy(text -> assertThat(text).contains("clocks: Temporal's"))
        .anySatisfy(text -> assertThat(text).contains("clocks: MariaDB's"))
        .anySatisfy(text -> assertThat(text).contains("its worker runs here"))
        .anySatisfy(text -> assertThat(text).contains("flavour cpu"));
    assertThat(LostSector.tree(fleet.store(), fleet.store())).isEqualTo(store);
  }

  @Test
  void servicesThatAreAwayAreToldTogether() throws Exception {
    fleet.mariadb().kill();
    fleet.temporal().kill();
    try {
      Ask.Answer answer = ask.reseal("doctor", "--output", "json");
      assertThat(answer.status()).isEqualTo(1);
      assertThat(of(JSON.readTree(answer.out()), "problem"))
          .anySatisfy(text -> assertThat(text).startsWith("Temporal:"))
          .anySatisfy(text -> assertThat(text).startsWith("MariaDB:"));
    } finally {
      fleet.makeWhole();
      Await.until("the services answer again", () -> ask.reseal("doctor").status() == 0);
    }
  }
}
