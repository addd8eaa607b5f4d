package io.reseal.cli.inputs;

import io.reseal.cli.arguments.SectorMixin;
import io.reseal.cli.shell.Shell;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceCidV2;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Adds what a person knows about a sector to the catalog. */
@Command(
    name = "add",
    description = {
      "Add what you know about a sector to the catalog.",
      "Each call replaces what you added before."
    })
public final class AddCommand implements Callable<Integer> {

  private static final Pattern PIECE = Pattern.compile("([^:]+):(\\d+)([KMG]iB)?(?::(\\d+))?");

  private final Shell shell;

  @Spec private CommandSpec spec;

  @Mixin private SectorMixin sector;

  @Option(
      names = "--proof-type",
      paramLabel = "TYPE",
      description = "Its seal proof by name, e.g. StackedDrg32GiBV1_1, or by number, e.g. 8.")
  private String proof;

  @Option(names = "--ticket", paramLabel = "HEX", description = "The ticket, 32 bytes.")
  private String ticket;

  @Option(
      names = "--ticket-epoch",
      paramLabel = "EPOCH",
      description = "The epoch it was drawn for.")
  private Long ticketEpoch;

  @Option(names = "--seed", paramLabel = "HEX", description = "The seed, 32 bytes.")
  private String seed;

  @Option(names = "--seed-epoch", paramLabel = "EPOCH", description = "The epoch it is drawn at.")
  private Long seedEpoch;

  @Option(
      names = "--proof-due",
      description = "Its pre-commit is on chain and its proof is not: the rebuild makes the proof.")
  private Boolean proofDue;

  @Option(
      names = "--comm-r",
      paramLabel = "CID",
      description = "CommR, bagboea4b5abc…; for a snapped sector, that of its key.")
  private String commR;

  @Option(names = "--comm-d", paramLabel = "CID", description = "CommD, baga6ea4seaq….")
  private String commD;

  @Option(
      names = "--piece",
      paramLabel = "CID:SIZE[:OFFSET]",
      description =
          "A piece: its padded size, e.g. 34359738368 or 32GiB, and its offset, if it does not"
              + " follow the piece before it. Fillers can be left out.")
  private List<String> pieces;

  @Option(names = "--empty", description = "It was sealed without data.")
  private boolean empty;

  @Option(
      names = "--snap-comm-r",
      paramLabel = "CID",
      description = "CommR of its replica update, if it was snapped.")
  private String snapCommR;

  @Option(names = "--snap-comm-d", paramLabel = "CID", description = "CommD of its replica update.")
  private String snapCommD;

  @Option(
      names = "--snap-piece",
      paramLabel = "CID:SIZE[:OFFSET]",
      description = "A piece of its replica update.")
  private List<String> snapPieces;

  @Option(names = "--not-snapped", description = "It was never snapped.")
  private boolean notSnapped;

  @Mixin private IntakeMixin intake;

  public AddCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    if (empty && pieces != null) {
      throw refused("A sector with pieces is not empty: leave out --empty or --piece.");
    }
    if (notSnapped && isSnapped()) {
      throw refused("A sector with a replica update was snapped: leave out --not-snapped.");
    }
    try {
      return intake.take(shell, List.of(new Findings(sector.id(), Findings.BY_HAND, facts())));
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private Facts facts() {
    return Facts.builder()
        .put(Fact.PROOF_TYPE, Optional.ofNullable(proof).map(AddCommand::proof))
        .put(Fact.TICKET, Optional.ofNullable(ticket))
        .put(Fact.TICKET_EPOCH, Optional.ofNullable(ticketEpoch))
        .put(Fact.SEED, Optional.ofNullable(seed))
        .put(Fact.SEED_EPOCH, Optional.ofNullable(seedEpoch))
        .put(Fact.PROOF_DUE, Optional.ofNullable(proofDue))
        .put(Fact.COMM_D, Optional.ofNullable(commD))
        .put(Fact.COMM_R, Optional.ofNullable(commR))
        .put(Fact.PIECES, empty ? Optional.of(List.of()) : layout(pieces))
        .put(Fact.SNAPPED, isSnapped() || notSnapped ? Optional.of(isSnapped()) : Optional.empty())
        .put(Fact.SNAP_COMM_D, Optional.ofNullable(snapCommD))
        .put(Fact.SNAP_COMM_R, Optional.ofNullable(snapCommR))
        .put(Fact.SNAP_PIECES, layout(snapPieces))
        .build();
  }

  private boolean isSnapped() {
    return snapCommR != null || snapCommD != null || snapPieces != null;
  }

  private static SealProof proof(String text) {
    return text.matches("\\d{1,9}")
        ? SealProof.ofNumber(Long.parseLong(text))
        : SealProof.ofName(text);
  }

  private static Optional<List<Piece>> layout(List<String> texts) {
    if (texts == null) {
      return Optional.empty();
    }
    List<Piece> layout = new ArrayList<>();
    long end = 0;
    for (String text : texts) {
      Piece piece = piece(text, end);
      layout.add(piece);
      end = piece.offset() + piece.size();
    }
    return Optional.of(layout);
  }

  private static Piece piece(String text, long end) {
    Matcher parts = PIECE.matcher(text);
    Optional<PieceCidV2> version2 = PieceCidV2.find(text);
    if (version2.isPresent()) {
      long size = version2.get().size();
      return new Piece(text, size, PieceLayout.nextOffset(end, size));
    }
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a piece: give CID:SIZE or CID:SIZE:OFFSET, e.g. baga6ea4seaq…:32GiB."
              .formatted(text));
    }
    try {
      long size = Math.multiplyExact(Long.parseLong(parts.group(2)), unit(parts.group(3)));
      long offset =
          parts.group(4) == null
              ? PieceLayout.nextOffset(end, Math.max(1, size))
              : Long.parseLong(parts.group(4));
      return new Piece(parts.group(1), size, offset);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "The piece '%s' is larger than any sector.".formatted(text), e);
    }
  }

  private static long unit(String name) {
    if (name == null) {
      return 1;
    }
    return switch (name) {
      case "KiB" -> 1L << 10;
      case "MiB" -> 1L << 20;
      default -> 1L << 30;
    };
  }

  private ParameterException refused(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }
}
