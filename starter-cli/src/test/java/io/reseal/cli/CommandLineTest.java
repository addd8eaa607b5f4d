package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.Catalog;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.contract.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program's command line where no service is needed: names, bad input, exit statuses. */
class CommandLineTest {

  @TempDir Path home;

  private Terminal terminal;

  @BeforeEach
  void terminal() {
    terminal = new Terminal(home);
  }

  /** Fails when a command of the runbooks is renamed or loses an option. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "worker -c w.toml list --help",
        "worker run -c w.toml --help",
        "worker -c w.toml pause -i 0 --now --help",
        "worker -c w.toml resume -i 0 --state TreeDBuilt --help",
        "gpu list --help",
        "gpu -c w.toml test --device 0 --help",
        "gpu resume -c w.toml --device GPU-0 --help",
        "util worker list --watch --help",
        "util worker info --help",
        "util worker pause host-a 0 --now --help",
        "util worker resume host-a 0 TreeDBuilt --help",
        "util worker drain host-a --help",
        "util worker remove host-a --help",
        "util worker history host-a --help",
        "util sealer sectors rebuild --help",
        "util sealer sectors state --offline --help",
        "util sealer sectors state import-json --really-do-it --override --help",
        "util sealer sectors state export-json --help",
        "util sealer sectors list --rebuild --sealing=false --help",
        "util sealer sectors list --offline --rebuild --sealing=false --miner t01001 --help",
        "util sealer sectors list --host h --state PC1Done --batch b --attention --watch --help",
        "util sealer sectors history --output json --watch=5 --help",
        "util sealer sectors state --watch --output json --help",
        "util sealer sectors pause --now --output json --help",
        "util sealer sectors resume --state PC1Done --output json --help",
        "util sealer sectors move --host h --output json --help",
        "util sealer sectors abort --output json --help",
        "util sealer sectors state import-json --output json --help",
        "import damocles a.json b.json --dry-run --output json --help",
        "import recover a.json --dry-run --output json --help",
        "import lotus 1001 1-5 --status-text f --dry-run --output json --help",
        "import curio 1001 1-5 --host h --port 1 --database d --schema s --user u --password-file f"
            + " --dry-run --output json --help",
        "sectors add 1001 1 --proof-type 8 --ticket t --ticket-epoch -5 --seed s --seed-epoch 3"
            + " --proof-due --comm-r r --comm-d d --piece c:1 --empty --snap-comm-r r --snap-comm-d"
            + " d --snap-piece c:1 --dry-run --output json --help",
        "sectors facts 1001 1 --output json --help",
        "sectors decide 1001 1-5 ticket --from chain --output json --help",
        "worker list --watch --help",
        "util worker info --watch=10 --help",
        "explain --output json --help",
        "sectors rebuild --wait --help",
        "sectors state --help",
        "rebuild --help",
        "sectors proof --output json --help",
        "params check --size 2KiB -c w.toml --quick --help",
        "params generate --size 2KiB --help",
        "doctor -c w.toml --output json --help",
        "rebuild 1001 1 2-5 --file f --parallel 3 --name n --host h --prove --force --wait --help",
        "batch list --output json --help",
        "batch state n --help",
        "batch pause n --help",
        "batch resume n --help",
        "batch cancel n --help",
        "batch retry-parked n --help",
        "batch report n --html f --help",
        "temporal setup --address a:1 --namespace n --retention 3d --help",
        "catalog grants --from h --user u --upgrade-user v --read-user r --output json --help",
        "catalog upgrade --user u --password-file f --help",
        "up --temporal-port 1 --ui-port 2 --mariadb-port 3 --host-name h --help",
        "demo --keep --help",
        "version --output json --help",
        "--home h sectors list --output json --help",
        "sectors list --home h --help",
        "--profile p sectors list --help"
      })
  void commandsAndOptionsHaveTheirNames(String line) {
    Result result = terminal.run(line);

    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("Usage: reseal").contains("Exit status:");
  }

  /** Fails when a machine that cannot seal gets no reason, or status 0. */
  @Test
  void versionNamesTheSchemaAndWhyNoCoreRuns() {
    Result result = terminal.with("RESEAL_NATIVE", home.toString()).run("version");

    assertThat(result.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(result.out())
        .contains("none runs here", "There is no native core in " + home)
        .contains(Catalog.schema(), System.getProperty("java.version"));
  }

  @Test
  void completionScriptIsPrinted() {
    Result result = terminal.run("generate-completion");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("_complete_reseal", "_picocli_reseal_sectors_list", "_picocli_reseal_doctor");
  }

  @Test
  void helpNamesAllCommandsWhateverElseIsGiven() {
    assertThat(terminal.run("--help sectors").out()).contains("sectors", "doctor");
    assertThat(terminal.run("sectors --help list").out()).contains("list", "history");
  }

  @Test
  void argumentsInAFileMayNameAnyCommand() throws IOException {
    Path file = Files.writeString(home.resolve("arguments"), "sectors list");

    assertThat(terminal.run("@" + file, "worker").err()).contains("reseal sectors list --help");
  }

  /** Fails when a parser lets such a text pass and the command goes on to look for services. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "rebuild x1 5|'x1' is not a miner: give its number or ID address, e.g. 1001, f01001 or"
            + " t01001.",
        "rebuild f1001 5|'f1001' is not a miner",
        "rebuild 1001 -5|-5",
        "rebuild 1001 5 1e3|'1e3' is not a sector number: give a whole number from 0.",
        "rebuild 1001 99999999999999999999|is not a sector number",
        "sectors state 1001 abc|'abc' is not a sector number",
        "sectors abort 1001 0x5|'0x5' is not a sector number",
        "sectors list --miner t0x|'t0x' is not a miner",
        "up --temporal-port 70000|'70000' is not a port: give a number from 1 to 65535.",
        "temporal setup --retention 30|'30' is not a number of days: write it like 30d.",
        "sectors list --output xml|xml",
        "worker pause|--index",
        "worker pause -i x|x",
        "worker pause -i 0 7|Unmatched argument",
        "worker resume -i 0 --state Done|'Done' is not a state: there are Empty, Allocated,"
            + " PieceAdded",
        "util worker pause host-a|N",
        "util worker resume host-a 0 PC1Done --state Empty|Two states are given, PC1Done and"
            + " Empty.",
        "util worker drain|NAME",
        "util worker remove|NAME",
        "rebuild 1001|NUMBER",
        "rebuild|Give the MINER and its sectors' NUMBERs, or a --file.",
        "rebuild 1001 120-100|'120-100' runs backwards: write it as 100-120.",
        "rebuild 1001 1-9999999|More than 1,000,000 sectors: give fewer",
        "rebuild 1001 1-2-3|'1-2-3' is not a sector number",
        "rebuild 1001 1 2 --parallel 0|--parallel must be a number from 1 to 1000.",
        "rebuild 1001 1 --name a/b|'a/b' is not a name for a batch",
        "sectors state|Give the miner and the sector number, e.g. state 1001 123.",
        "sectors list --sealing=false|Nothing would be listed",
        "sectors list --sealing --attention|pick rebuilds: leave out --sealing.",
        "sectors list --offline --attention|A rebuild that has ended waits for no one",
        "sectors list --rebuild --offline --state PC1Done|A rebuild that has ended is never"
            + " PC1Done",
        "sectors list --state Finished|A rebuild in progress is never Finished: add --offline.",
        "sectors list --state PC3Done|'PC3Done' is not a state of a rebuild: there are Empty,"
            + " Allocated,",
        "sectors list 1001|Unmatched argument",
        "sectors list --watch=0|'0' is not a number of seconds: give one from 1 to 9999.",
        "sectors list --watch=x|'x' is not a number of seconds",
        "sectors state --watch 1001|Give the miner and the sector number",
        "sectors list --watch 2|Unmatched argument",
        "sectors history 1001|NUMBER",
        "sectors history 1001 1 2|Unmatched argument",
        "sectors pause 1001|NUMBER",
        "sectors pause 1001 7-5|'7-5' runs backwards: write it as 5-7.",
        "sectors abort 1001 1-|'1-' is not a sector number",
        "sectors abort 1001 1-2000000|More than 1,000,000 sectors: give fewer",
        "sectors abort 1001 5 --now|Unknown option",
        "sectors resume 1001 5 --state pc1done|'pc1done' is not a state of a rebuild",
        "sectors move 1001 5|--host",
        "import|Missing required subcommand",
        "import damocles|FILE",
        "import lotus 1001|Give either NUMBERs to ask the miner for, or --status-text FILE.",
        "import lotus 1001 5 --status-text f|Give either NUMBERs",
        "import lotus x 5|'x' is not a miner",
        "import curio 1001 7-5|'7-5' runs backwards: write it as 5-7.",
        "import curio 1001 --port x|x",
        "sectors decide 1001 5 tickets --from chain|'tickets' is not a fact of a sector; there are",
        "sectors decide 1001 5 ticket|--from",
        "sectors decide 1001 x ticket --from chain|'x' is not a sector number",
        "sectors add 1001 5 --proof-type 99|There is no seal proof of number 99",
        "sectors add 1001 5 --proof-type V1|'V1' is not a seal proof: an example of one is",
        "sectors add 1001 5 --ticket abc|A ticket or seed has 32 bytes",
        "sectors add 1001 5 --comm-r b|'b' is not the CID of CommR",
        "sectors add 1001 5 --piece abc|'abc' is not a piece: give CID:SIZE or CID:SIZE:OFFSET",
        "sectors add 1001 5 --piece a:99999999999999999999|is larger than any sector.",
        "sectors add 1001 5 --piece a:99999999999GiB|is larger than any sector.",
        "sectors add 1001 5 --piece a:0|must be a power of two",
        "sectors add 1001 5 --piece a:512 --empty|A sector with pieces is not empty",
        "explain A B|Unmatched argument",
        "sectors|Missing required subcommand",
        "sektors list|sektors"
      })
  void badInputIsAUsageErrorWithASentence(String line, String sentence) {
    Result result = terminal.run(line);

    assertThat(result.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(result.err()).contains(sentence).contains("Try: reseal");
    assertThat(result.out()).isEmpty();
    assertThat(home).isEmptyDirectory();
  }

  @Test
  void aFailureIsExplainedByItsNameInAnyCase() {
    Result result = terminal.run("explain sector.commrmismatch");

    assertThat(result.status()).isZero();
    assertThat(result.lines())
        .startsWith(
            "Sector.CommRMismatch:",
            "\tMeaning: " + FailureType.SECTOR_COMM_R_MISMATCH.meaning(),
            "\tThe rebuild: parks until an operator resumes it");
  }

  @Test
  void allFailuresAreListed() {
    assertThat(terminal.run("explain").lines())
        .hasSize(FailureType.values().length + 1)
        .anyMatch(line -> line.startsWith("Host.Io "));
  }

  @Test
  void aMistypedFailureIsAnsweredByTheNearest() {
    Result result = terminal.run("explain Sector.CommRMissmatch");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "There is no failure named Sector.CommRMissmatch; did you mean"
                + " Sector.CommRMismatch? `reseal explain` lists all.");
    assertThat(terminal.run("explain xyz").err())
        .isEqualToIgnoringNewLines("There is no failure named xyz; `reseal explain` lists all.");
  }

  @Test
  void aHomeWithoutInstallationIsNamedWithTheTwoWaysOut() {
    Result result = terminal.run("rebuild 1001 5");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "No installation in %1$s: start one with `reseal up --home %1$s`, or copy config/reseal.toml there and set the addresses."
                .formatted(home));
  }

  /** Fails when a TOML fault loses its place on the way to the terminal. */
  @Test
  void aBrokenTomlFileIsReportedWithLineAndColumn() throws Exception {
    Path file = home.resolve("worker.toml");
    java.nio.file.Files.writeString(file, "[worker]\nname = \"a\n");

    Result result = terminal.run("worker", "-c", file.toString(), "list");

    assertThat(result.status()).isEqualTo(ExitStatus.REFUSED);
    assertThat(result.err()).contains(file.toString()).contains("line 2");
  }

  @Test
  void theStackTraceIsShownOnlyWhenAskedFor() {
    assertThat(terminal.run("sectors list").err()).doesNotContain("\tat ");
    assertThat(terminal.run("sectors list --debug").err()).contains("\tat io.reseal");
  }
}
