package io.reseal.cli.show;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --output} and {@code --watch}, for commands that show something that changes. */
public final class WatchableOutput extends OutputMixin {

  private static final String STANDARD_SECONDS = "2";

  @Option(
      names = "--watch",
      arity = "0..1",
      paramLabel = "SECONDS",
      fallbackValue = STANDARD_SECONDS,
      preprocessor = OnlyAttached.class,
      converter = Seconds.class,
      description =
          "Repeat the output every SECONDS until ctrl-C; default: " + STANDARD_SECONDS + ".")
  private Duration every;

  /** The interval at which the command is repeated, if it is. */
  public static Optional<Duration> of(CommandSpec command) {
    return command.mixins().values().stream()
        .map(CommandSpec::userObject)
        .filter(WatchableOutput.class::isInstance)
        .map(mixin -> ((WatchableOutput) mixin).every)
        .filter(Objects::nonNull)
        .findFirst();
  }

  /** In {@code --watch 1001 123}, the next word is not the number of seconds. */
  static final class OnlyAttached implements IParameterPreprocessor {

    @Override
    public boolean preprocess(
        Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        words.push(STANDARD_SECONDS);
      }
      return false;
    }
  }

  /** Reads {@code 5}. */
  static final class Seconds implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String text) {
      if (!text.matches("[1-9]\\d{0,3}")) {
        throw new TypeConversionException(
            "'%s' is not a number of seconds: give one from 1 to 9999.".formatted(text));
      }
      return Duration.ofSeconds(Long.parseLong(text));
    }
  }
}
