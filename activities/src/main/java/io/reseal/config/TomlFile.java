package io.reseal.config;

import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * A TOML file being read: collects faults and warnings, and knows which keys were requested, so
 * that all others are faults too.
 */
final class TomlFile {

  private final Path file;
  private final List<TomlSection> sections = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final TomlSection root;

  private TomlFile(Path file, TomlParseResult content) {
    this.file = file;
    this.root = new TomlSection(this, "", content);
  }

  /** Reads a file; one that is missing, unreadable or not TOML throws a {@link ConfigException}. */
  static TomlFile read(Path file) {
    String text;
    try {
      text = SmallFile.readNamedText(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("There is no file %s.".formatted(file));
    } catch (CharacterCodingException e) {
      throw new ConfigException("%s is not UTF-8 text, as TOML must be.".formatted(file));
    } catch (UnfitFileException e) {
      throw new ConfigException("%s %s.".formatted(file, e.getReason()));
    } catch (IOException e) {
      throw new ConfigException("%s cannot be read: %s.".formatted(file, e));
    }
    return of(file, text);
  }

  /** Reads a file's text; one that is not TOML throws a {@link ConfigException}. */
  static TomlFile of(Path file, String text) {
    TomlParseResult content = Toml.parse(text);
    if (content.hasErrors()) {
      throw new ConfigException(
          content.errors().stream()
              .map(
                  error ->
                      "%s line %d, column %d: %s."
                          .formatted(
                              file,
                              error.position().line(),
                              error.position().column(),
                              error.getMessage()))
              .toList());
    }
    return new TomlFile(file, content);
  }

  Path path() {
    return file;
  }

  TomlSection root() {
    return root;
  }

  void fault(String fault) {
    faults.add(fault);
  }

  void warn(String warning) {
    warnings.add(warning);
  }

  List<String> warnings() {
    return List.copyOf(warnings);
  }

  void opened(TomlSection section) {
    sections.add(section);
  }

  /** Adds a fault for each key that was never requested, and throws if there are any faults. */
  void finish() {
    sections.forEach(TomlSection::faultUnknownKeys);
    if (!faults.isEmpty()) {
      throw new ConfigException(faults);
    }
  }
}
