package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.Markdown;
import io.reseal.temporal.ServerVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/**
 * The files of deploy/ belong together. {@code make fleet} runs those for machines; those for
 * containers are only read here.
 */
class DeploymentTest {

  private static final Path DEPLOY = Markdown.PROJECT.resolve("deploy");

  static List<Path> yaml() throws IOException {
    try (Stream<Path> files = Files.walk(DEPLOY)) {
      return files
          .filter(file -> file.toString().matches(".*\\.ya?ml"))
          // A template; Temporal's server reads it in make fleet.
          .filter(file -> !file.endsWith("server.yaml"))
          .toList();
    }
  }

  // Catches: a file that no YAML parser reads.
  @ParameterizedTest
  @MethodSource("yaml")
  void eachFileIsYaml(Path file) throws IOException {
    assertThat(read(file)).isNotEmpty();
  }

  // Catches: containers of another version of Temporal than the one that the rehearsal runs.
  @Test
  void everythingNamesTheSameTemporal() throws IOException {
    String version = ServerVersion.NEWEST_TESTED_TEMPORAL;
    Map<String, Object> services = map(read(DEPLOY.resolve("compose/compose.yaml")), "services");
    Map<String, Object> values = read(DEPLOY.resolve("helm/values.yaml"));

    assertThat(
            services.values().stream()
                .map(service -> map(service).get("image").toString())
                .filter(image -> image.startsWith("temporalio/"))
                .map(image -> image.split(":", 2)[1])
                .collect(Collectors.toSet()))
        .containsExactly(version);
    assertThat(map(map(values, "server"), "image")).containsEntry("tag", version);
    assertThat(map(map(values, "admintools"), "image")).containsEntry("tag", version);
    assertThat(Markdown.of("docs/fleet.md").text()).contains("releases) " + version + " ");
  }

  // Catches: a limit of the server that is raised on machines and not in Kubernetes.
  @Test
  void machinesAndKubernetesHaveTheSameServer() throws IOException {
    Map<String, Object> server = map(read(DEPLOY.resolve("helm/values.yaml")), "server");
    Path template = DEPLOY.resolve("temporal/server.yaml");

    assertThat(map(server, "dynamicConfig"))
        .isEqualTo(read(DEPLOY.resolve("temporal/dynamic.yaml")));
    assertThat(map(map(server, "config"), "persistence").get("numHistoryShards"))
        .hasToString(match("numHistoryShards: ([0-9]+)", template));
  }

  private static String match(String pattern, Path file) throws IOException {
    return Pattern.compile(pattern)
        .matcher(Files.readString(file))
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow(() -> new AssertionError(file + " has no " + pattern));
  }

  private static Map<String, Object> read(Path file) throws IOException {
    return map(new Yaml().<Object>load(Files.readString(file)));
  }

  private static Map<String, Object> map(Map<String, Object> parent, String key) {
    assertThat(parent).containsKey(key);
    return map(parent.get(key));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    assertThat(value).isInstanceOf(Map.class);
    return (Map<String, Object>) value;
  }
}
