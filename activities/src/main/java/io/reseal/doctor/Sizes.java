package io.reseal.doctor;

import io.reseal.config.ByteSizes;
import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.sector.SectorSize;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The sector sizes that a host's rebuild threads may take.
 *
 * @param all the sizes
 * @param chosen whether its file lists them; if not, a size that does not fit is only a warning
 */
record Sizes(Set<SectorSize> all, boolean chosen) {

  static Sizes of(WorkerConfig config) {
    return of(
        config.threads().stream()
            .filter(thread -> thread.plan() == ThreadPlan.REBUILD)
            .map(WorkerConfig.SealingThread::sealing)
            .map(WorkerConfig.Sealing::allowedSizes)
            .toList());
  }

  static Sizes of(WorkerConfig.SealingThread thread) {
    return of(List.of(thread.sealing().allowedSizes()));
  }

  private static Sizes of(Collection<Set<SectorSize>> allowed) {
    boolean chosen = allowed.stream().noneMatch(Set::isEmpty);
    Set<SectorSize> all = EnumSet.noneOf(SectorSize.class);
    allowed.forEach(all::addAll);
    return new Sizes(chosen ? all : EnumSet.allOf(SectorSize.class), chosen);
  }

  /** Checks whether there is enough for each size. */
  CheckResult judge(String subject, String has, SizeNeed need, long there, String whatToDo) {
    List<SectorSize> lacking = all.stream().filter(size -> need.bytes(size) > there).toList();
    Optional<SectorSize> largest =
        all.stream().filter(size -> !lacking.contains(size)).max(SectorSize::compareTo);
    if (lacking.isEmpty()) {
      return CheckResult.ok(
          subject, "%s, enough for %s sectors".formatted(has, largest.orElseThrow()));
    }
    String text =
        "%s, too little for sectors of %s; %s"
            .formatted(
                has,
                lacking.stream()
                    .map(size -> "%s (%s)".formatted(size, ByteSizes.text(need.bytes(size))))
                    .collect(Collectors.joining(", ")),
                whatToDo);
    return chosen || largest.isEmpty()
        ? CheckResult.problem(subject, text)
        : CheckResult.warning(subject, text + ", or list the sizes it takes in allowed_sizes");
  }

  /** How many bytes a size needs. */
  interface SizeNeed {
    long bytes(SectorSize size);
  }
}
