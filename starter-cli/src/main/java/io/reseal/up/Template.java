package io.reseal.up;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A commented example of a configuration file, in which some values are filled in. */
final class Template {

  private final String name;
  private final List<String> lines;

  private Template(String name, List<String> lines) {
    this.name = name;
    this.lines = lines;
  }

  static Template of(String name) throws IOException {
    try (InputStream resource = Template.class.getResourceAsStream("config/" + name)) {
      if (resource == null) {
        throw new IllegalStateException("The program lacks its template " + name + ".");
      }
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      return new Template(name, new ArrayList<>(text.lines().toList()));
    }
  }

  /** Sets a key of a section to a text, even if the example has it commented out. */
  Template text(String section, String key, Object value) {
    return value(section, key, quoted(String.valueOf(value)));
  }

  /** Sets a key of a section to a list of one path. */
  Template paths(String section, String key, Path path) {
    return value(section, key, "[" + quoted(path.toString()) + "]");
  }

  /** Uncomments a section of the example, up to its first key. */
  Template with(String section) {
    int header = lines.indexOf("# [[" + section + "]]");
    if (header < 0) {
      throw new IllegalStateException(
          "The template %s has no example of [[%s]].".formatted(name, section));
    }
    lines.set(header, "[[" + section + "]]");
    return this;
  }

  /** Comments a key out, so that its default applies. */
  Template leaveOut(String section, String key) {
    return replace(section, key, line -> line.startsWith("#") ? line : "# " + line);
  }

  private Template value(String section, String key, String value) {
    return replace(section, key, line -> key + " = " + value);
  }

  private Template replace(String section, String key, UnaryOperator<String> change) {
    Pattern header = Pattern.compile("\\[?\\[" + Pattern.quote(section) + "\\]\\]?");
    Pattern assignment = Pattern.compile("#?\\s*" + Pattern.quote(key) + "\\s*=.*");
    boolean inside = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.startsWith("[")) {
        inside = header.matcher(line).matches();
      } else if (inside && assignment.matcher(line).matches()) {
        lines.set(i, change.apply(line));
        return this;
      }
    }
    throw new IllegalStateException(
        "The template %s has no key %s in [%s].".formatted(name, key, section));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  String text() {
    return String.join("\n", lines) + "\n";
  }
}
