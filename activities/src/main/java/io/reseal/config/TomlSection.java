package io.reseal.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of a {@link TomlFile}: typed getters that return empty, and add a fault, if the value
 * has another type or form.
 */
final class TomlSection {

  private final TomlFile file;
  private final String prefix;
  private final TomlTable table;
  private final Set<String> known = new TreeSet<>();

  TomlSection(TomlFile file, String prefix, TomlTable table) {
    this.file = file;
    this.prefix = prefix;
    this.table = table;
    file.opened(this);
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  /** The keys that were requested, whether present or not. */
  Set<String> known() {
    return Set.copyOf(known);
  }

  /** Whether the key was requested, whether present or not. */
  boolean isKnown(String key) {
    return known.contains(key);
  }

  Optional<String> string(String key) {
    return value(key, String.class, "a text in quotes");
  }

  Optional<Boolean> flag(String key) {
    return value(key, Boolean.class, "true or false");
  }

  /** A whole number of at least {@code least}. */
  Optional<Integer> count(String key, int least) {
    return count(key, least, Integer.MAX_VALUE);
  }

  /** A whole number of at least {@code least} and at most {@code most}. */
  Optional<Integer> count(String key, int least, int most) {
    Optional<Long> number = value(key, Long.class, "a whole number");
    if (number.isPresent() && (number.get() < least || number.get() > most)) {
      file.fault(
          "%s is %d; it must be at least %d and at most %d."
              .formatted(where(key), number.get(), least, most));
      return Optional.empty();
    }
    return number.map(Long::intValue);
  }

  Optional<Path> path(String key) {
    return parsed(key, TomlSection::toPath);
  }

  /** A text that a parser turns into a value; its {@link IllegalArgumentException} is a fault. */
  <T> Optional<T> parsed(String key, Function<String, T> parser) {
    return string(key).flatMap(text -> parse(where(key), text, parser));
  }

  /** A list of texts, or of whole numbers taken as text, each parsed separately. */
  <T> List<T> list(String key, Function<String, T> parser) {
    List<T> values = new ArrayList<>();
    TomlArray array = value(key, TomlArray.class, "a list in square brackets").orElse(null);
    for (int i = 0; array != null && i < array.size(); i++) {
      Object element = array.get(i);
      String where = "%s, element %d,".formatted(where(key), i + 1);
      if (element instanceof String || element instanceof Long) {
        parse(where, element.toString(), parser).ifPresent(values::add);
      } else {
        file.fault("%s must be a text or a whole number.".formatted(where));
      }
    }
    return List.copyOf(values);
  }

  List<Path> paths(String key) {
    return list(key, TomlSection::toPath);
  }

  /** A table of texts under arbitrary names. */
  Map<String, String> texts(String key) {
    Map<String, String> texts = new TreeMap<>();
    TomlTable inner = value(key, TomlTable.class, "a table of texts").orElse(null);
    for (String name : inner == null ? Set.<String>of() : inner.keySet()) {
      if (inner.get(List.of(name)) instanceof String text) {
        texts.put(name, text);
      } else {
        file.fault("%s: the value of %s must be a text in quotes.".formatted(where(key), name));
      }
    }
    return Collections.unmodifiableMap(texts);
  }

  /** The table of that name; an empty one if there is none. */
  TomlSection section(String key) {
    TomlTable inner = value(key, TomlTable.class, "a section").orElseGet(() -> Toml.parse(""));
    return new TomlSection(file, name(key), inner);
  }

  /** The tables {@code [key.NAME]} under arbitrary names. */
  Map<String, TomlSection> named(String key) {
    TomlSection all = section(key);
    Map<String, TomlSection> named = new TreeMap<>();
    for (String name : all.table.keySet()) {
      named.put(name, all.section(name));
    }
    return named;
  }

  /** The tables of a {@code [[key]]} list, in order. */
  List<TomlSection> sections(String key) {
    List<TomlSection> inner = new ArrayList<>();
    TomlArray array =
        value(key, TomlArray.class, "a list of sections, [[%s]]".formatted(name(key))).orElse(null);
    for (int i = 0; array != null && i < array.size(); i++) {
      if (array.get(i) instanceof TomlTable element) {
        inner.add(new TomlSection(file, name(key), element));
      } else {
        file.fault("%s must be a list of sections, [[%s]].".formatted(where(key), name(key)));
      }
    }
    return inner;
  }

  /** Marks a key as known whatever its value; returns whether it is present. */
  boolean accept(String key) {
    known.add(key);
    return has(key);
  }

  /** Leaves the section unread: none of its keys counts as unknown. */
  void leave() {
    known.addAll(table.keySet());
  }

  /** For messages: {@code `sealing.max_retries` in FILE line 12}. */
  String where(String key) {
    return "`%s` in %s%s".formatted(name(key), file.path(), line(key));
  }

  void faultUnknownKeys() {
    for (String key : table.keySet()) {
      if (!known.contains(key)) {
        file.fault(
            "unknown key %s; %s"
                .formatted(
                    where(key),
                    Nearest.to(key, known)
                        .map("did you mean `%s`?"::formatted)
                        .orElseGet(() -> "known here: %s.".formatted(String.join(", ", known)))));
      }
    }
  }

  private <T> Optional<T> value(String key, Class<T> type, String form) {
    known.add(key);
    Object value = table.get(List.of(key));
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      file.fault("%s must be %s.".formatted(where(key), form));
      return Optional.empty();
    }
    return Optional.of(type.cast(value));
  }

  private <T> Optional<T> parse(String where, String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      file.fault("%s: %s".formatted(where, e.getMessage()));
      return Optional.empty();
    }
  }

  private String name(String key) {
    return prefix.isEmpty() ? key : prefix + "." + key;
  }

  private String line(String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? "" : " line " + position.line();
  }

  private static Path toPath(String text) {
    Path path = text.isBlank() ? Path.of("") : Path.of(text);
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException(
          "'%s' is not an absolute path; write it from the root, e.g. /mnt/disk1.".formatted(text));
    }
    return path.normalize();
  }
}
