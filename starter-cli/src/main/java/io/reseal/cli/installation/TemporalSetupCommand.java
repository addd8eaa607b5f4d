package io.reseal.cli.installation;

import com.uber.m3.tally.NoopScope;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.Listing;
import io.reseal.cli.show.OutputMixin;
import io.reseal.config.Installation;
import io.reseal.contract.Names;
import io.reseal.temporal.NamespaceOwner;
import io.reseal.temporal.NamespaceSetup;
import io.reseal.temporal.TemporalConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Prepares a Temporal server for Reseal. */
@Command(
    name = "setup",
    description = "Create Reseal's namespace and search attributes on a Temporal server.")
public final class TemporalSetupCommand implements Callable<Integer> {

  private final Shell shell;

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT",
      description = "The server; default: the installation's.")
  private String address;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "The namespace; default: the installation's.")
  private String namespace;

  @Option(
      names = "--retention",
      paramLabel = "DAYSd",
      defaultValue = "30d",
      converter = Days.class,
      description =
          "How long ended rebuilds are kept in a new namespace; default: ${DEFAULT-VALUE}.")
  private Duration retention;

  @Option(
      names = "--catalog-was-lost",
      description =
          "The catalog that the namespace was used with is lost and was not restored: let workers"
              + " with a new catalog use the namespace.")
  private boolean catalogWasLost;

  @Mixin private OutputMixin output;

  public TemporalSetupCommand(Shell shell) {
    this.shell = shell;
  }

  /** Reads {@code 30d}. */
  static final class Days implements ITypeConverter<Duration> {

    private static final Pattern DAYS = Pattern.compile("([1-9]\\d{0,3})d");

    @Override
    public Duration convert(String text) {
      Matcher matcher = DAYS.matcher(text);
      if (!matcher.matches()) {
        throw new TypeConversionException(
            "'%s' is not a number of days: write it like 30d.".formatted(text));
      }
      return Duration.ofDays(Long.parseLong(matcher.group(1)));
    }
  }

  @Override
  public Integer call() {
    try (TemporalConnection connection = connect()) {
      List<String> done = new ArrayList<>(new NamespaceSetup(connection).run(retention));
      if (catalogWasLost) {
        done.add(
            new NamespaceOwner(connection.client())
                .release()
                .map("catalog %s: no longer the namespace's"::formatted)
                .orElse("the namespace was not used with a catalog"));
      }
      output.print(shell.out(), done, () -> Listing.ofLines(done));
    }
    return ExitStatus.DONE;
  }

  /** With --address, no installation is needed: the server may be prepared first. */
  private TemporalConnection connect() {
    if (address != null) {
      return TemporalConnection.open(
          address, namespace == null ? Names.NAMESPACE : namespace, shell.environment());
    }
    Installation.Temporal installed = shell.installation().temporal();
    return TemporalConnection.open(
        namespace == null ? installed : installed.inNamespace(namespace),
        shell.requester(),
        new NoopScope(),
        shell.environment());
  }
}
