package io.reseal.worker;

import io.reseal.catalog.WorkerLease;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** This worker's process, as others learn of it, and what it sees of other processes. */
final class ThisProcess {

  /** The clock may have been set between two looks at a process. */
  private static final Duration SAME_START = Duration.ofSeconds(5);

  private ThisProcess() {}

  /** A new lease of that host for this process. */
  static WorkerLease lease(String host) {
    return new WorkerLease(
        host, UUID.randomUUID().toString(), machine(), kernel(), pid(), started(pid()));
  }

  /** For people: {@code process 4711 on machine seal1, started at 2026-11-28T10:00:00Z}. */
  static String sentence() {
    return sentence(lease(""));
  }

  static String sentence(WorkerLease lease) {
    return "process %d on machine %s, started at %s"
        .formatted(lease.process(), lease.machine(), lease.startedAt());
  }

  /** Whether a lease's process is on this machine, where it can be seen whether it still runs. */
  static boolean sees(WorkerLease other) {
    return !other.kernel().isEmpty() && other.kernel().equals(kernel());
  }

  /** Whether a process of this machine still runs. This process does not count as another one. */
  static boolean isRunning(WorkerLease other) {
    return other.process() != pid()
        && ProcessHandle.of(other.process()).filter(ProcessHandle::isAlive).isPresent()
        && Duration.between(started(other.process()), other.startedAt()).abs().compareTo(SAME_START)
            < 0;
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static Instant started(long process) {
    return ProcessHandle.of(process)
        .flatMap(found -> found.info().startInstant())
        .orElse(Instant.EPOCH);
  }

  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "(without a name)";
    }
  }

  /** The running kernel and the namespace of processes; empty if that is not known. */
  private static String kernel() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }
}
