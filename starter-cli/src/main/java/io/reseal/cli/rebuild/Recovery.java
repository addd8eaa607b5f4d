package io.reseal.cli.rebuild;

import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.SectorId;
import java.util.Locale;

/**
 * What recovering does, or would do, about one sector or batch.
 *
 * @param action what is done
 * @param sector which sector, or null if it is about a batch
 * @param host the host that has the work, or null
 * @param sentence what and why, for people
 */
public record Recovery(Action action, SectorId sector, String host, String sentence) {

  /** What is done. */
  public enum Action {
    /** What the catalog has as unfinished, although its workflow is gone, is ended there. */
    END,
    /** The catalog gets back what it has lost. */
    RESTORE,
    /** A rebuild is started on the host that has the work. */
    CONTINUE,
    /** Nothing. */
    SKIP;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
