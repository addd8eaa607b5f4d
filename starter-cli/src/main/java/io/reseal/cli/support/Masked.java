package io.reseal.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/** Text and settings without their secrets. */
final class Masked {

  private static final String MASK = "***";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Settings that hold a secret themselves; those that name its file do not. */
  private static final Pattern SECRET_SETTING =
      Pattern.compile("(?i).*(password|token|secret|authorization)");

  /** Variables of stage processes may hold anything. */
  private static final String VARIABLES = "envs";

  /** A token of a node, the user and password in a URL, and a password among its parameters. */
  private static final List<Pattern> SECRETS =
      List.of(
          Pattern.compile("eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+"),
          Pattern.compile("(?<=://)[^/\\s@\"]+(?=@)"),
          Pattern.compile("(?i)(?<=password=)[^&\\s\"']+"),
          Pattern.compile("(?i)(?<=bearer )[\\w.~+/-]+"));

  private Masked() {}

  static String text(String text) {
    String masked = text;
    for (Pattern secret : SECRETS) {
      masked = secret.matcher(masked).replaceAll(MASK);
    }
    return masked;
  }

  /** A file of settings as JSON, without comments; a file that is no TOML only says so. */
  static String settings(Path file) throws IOException {
    TomlParseResult settings = Toml.parse(file);
    if (settings.hasErrors()) {
      return "%s is not TOML: %s%n".formatted(file, text(settings.errors().toString()));
    }
    JsonNode all = JSON.readTree(settings.toJson());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(masked(all, false)) + "\n";
  }

  private static JsonNode masked(JsonNode value, boolean whole) {
    if (value instanceof ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        boolean secret = whole || name.equals(VARIABLES) || SECRET_SETTING.matcher(name).matches();
        object.set(name, masked(object.get(name), secret));
      }
      return object;
    }
    if (value instanceof ArrayNode array) {
      for (int at = 0; at < array.size(); at++) {
        array.set(at, masked(array.get(at), whole));
      }
      return array;
    }
    if (whole) {
      return TextNode.valueOf(MASK);
    }
    return value.isTextual() ? TextNode.valueOf(text(value.asText())) : value;
  }
}
