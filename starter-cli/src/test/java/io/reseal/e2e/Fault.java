package io.reseal.e2e;

import io.reseal.sector.SectorId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What can go wrong while sectors are rebuilt. Each is over when {@link #strike} returns. */
enum Fault {
  STAGE_KILLED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      Optional<ProcessHandle> stage = victims.stage(at);
      stage.ifPresent(ProcessHandle::destroyForcibly);
      return stage.map(Victims::command);
    }
  },
  STAGE_FROZEN {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      Optional<ProcessHandle> stage = victims.stage(at);
      stage.ifPresent(process -> victims.freeze(process, at.lastsMillis()));
      return stage.map(Victims::command);
    }
  },
  WORKER_KILLED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.kill(victims.fleet().worker(at.host()), at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  WORKER_STOPPED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      ManagedProcess worker = victims.fleet().worker(at.host());
      worker.terminate(Await.LIMIT);
      victims.last(at.lastsMillis());
      worker.start();
      return Optional.of(at.host());
    }
  },
  WORKER_FROZEN {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.freeze(victims.fleet().worker(at.host()).handle(), 2 * at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  TEMPORAL_KILLED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.kill(victims.fleet().temporal(), at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  TEMPORAL_FROZEN {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.freeze(victims.fleet().temporal().handle(), at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  MARIADB_KILLED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.kill(victims.fleet().mariadb(), at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  MARIADB_FROZEN {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      victims.freeze(victims.fleet().mariadb().handle(), at.lastsMillis());
      return Optional.of(at.host());
    }
  },
  SCRATCH_BIT_FLIPPED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at,
          file -> {
            try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
              long offset = Math.floorMod(at.choice(), Math.max(1, channel.size()));
              ByteBuffer one = ByteBuffer.allocate(1);
              if (channel.read(one, offset) == 1) {
                one.put(0, (byte) (one.get(0) ^ 1)).rewind();
                channel.write(one, offset);
              }
            }
          });
    }
  },
  SCRATCH_TRUNCATED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at,
          file -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
              channel.truncate(channel.size() / 2);
            }
          });
    }
  },
  SCRATCH_EXTENDED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at, file -> Files.write(file, new byte[] {0}, StandardOpenOption.APPEND));
    }
  },
  SCRATCH_FILE_IS_A_PIPE {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at,
          file -> {
            Files.delete(file);
            new ProcessBuilder("mkfifo", file.toString()).start().onExit().join();
          });
    }
  },
  SCRATCH_FILE_IS_A_DIRECTORY {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at,
          file -> {
            Files.delete(file);
            Files.createDirectory(file);
          });
    }
  },
  SCRATCH_FILE_OF_ANOTHER_STEP {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(
          at,
          file -> {
            Path other = at.choose(victims.sectorFiles(at.host()));
            Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
          });
    }
  },
  SCRATCH_FULL {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.full(at, victims.fleet().scratch(at.host()));
    }
  },
  SCRATCH_AWAY {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.away(at, victims.fleet().scratch(at.host()));
    }
  },
  SCRATCH_READ_ONLY {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.readOnly(at, victims.fleet().scratch(at.host()));
    }
  },
  STORE_FULL {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.full(at, victims.fleet().store());
    }
  },
  STORE_AWAY {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.away(at, victims.fleet().store());
    }
  },
  STORE_READ_ONLY {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.readOnly(at, victims.fleet().store());
    }
  },
  HOST_CUT_OFF {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.link(at, Ground.Links::all, Link::cut);
    }
  },
  HOST_REFUSED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.link(at, Ground.Links::all, Link::refuse);
    }
  },
  TEMPORAL_CUT_OFF {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.link(at, links -> Stream.of(links.temporal()), Link::cut);
    }
  },
  CATALOG_CUT_OFF {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.link(at, links -> Stream.of(links.catalog()), Link::cut);
    }
  },
  LINKS_SLOW {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.link(at, Ground.Links::all, Link::slow);
    }
  },
  LINKS_FLAP {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      for (int i = 0; i < FLAPS; i++) {
        victims.link(at, Ground.Links::all, i % 2 == 0 ? Link::cut : Link::refuse);
      }
      return Optional.of(at.host());
    }
  },
  SCRATCH_FILE_GONE {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) throws IOException {
      return victims.damage(at, Files::delete);
    }
  },
  REBUILD_PAUSED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.order(
          at,
          sector -> {
            victims.ask().sectors("pause", sector);
            victims.last(at.lastsMillis() / 4);
            victims.ask().sectors("resume", sector);
          });
    }
  },
  REBUILD_MOVED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.order(
          at, sector -> victims.ask().sectors("move", sector, "--host", at.host()));
    }
  },
  REBUILD_ABORTED {
    @Override
    Optional<String> strike(Torture.Planned at, Victims victims) {
      return victims.order(at, sector -> victims.ask().sectors("abort", sector));
    }
  };

  private static final int FLAPS = 4;

  /** Does it, ends it, and returns what it met; empty if there was nothing that it could meet. */
  abstract Optional<String> strike(Torture.Planned at, Victims victims) throws IOException;

  /** An operation on a file that may vanish meanwhile. */
  interface Damage {
    void on(Path file) throws IOException;
  }

  /** An operator's command on a sector. */
  interface Order {
    void give(SectorId sector);
  }

  /**
   * What faults can happen to.
   *
   * @param fleet its processes and directories
   * @param ground its links and disks
   * @param ask gives commands
   * @param runs the rebuilds that have not ended
   */
  record Victims(Fleet fleet, Ground ground, Ask ask, Runs runs) {

    private static final Duration SOON = Duration.ofSeconds(5);

    Optional<ProcessHandle> stage(Torture.Planned at) {
      return soon(() -> Optional.of(fleet.worker(at.host()).stages()).filter(all -> !all.isEmpty()))
          .map(at::choose);
    }

    /** What there may be in a moment, when a host has a sector again. */
    private static <T> Optional<T> soon(Supplier<Optional<T>> source) {
      long deadline = System.nanoTime() + SOON.toNanos();
      Optional<T> found = source.get();
      while (found.isEmpty() && System.nanoTime() < deadline) {
        Await.pause(5);
        found = source.get();
      }
      return found;
    }

    void kill(ManagedProcess process, int millis) {
      process.kill();
      last(millis);
      process.start();
    }

    void freeze(ProcessHandle process, int millis) {
      Stops.signal("STOP", process);
      last(millis);
      if (process.isAlive()) {
        Stops.signal("CONT", process);
      }
    }

    /** Lets a fault last. It is the fault's own length, and not a wait for anything. */
    void last(int millis) {
      Await.pause(millis);
    }

    Optional<String> order(Torture.Planned at, Order order) {
      List<SectorId> open = runs.open();
      if (open.isEmpty()) {
        return Optional.empty();
      }
      SectorId sector = at.choose(open.stream().sorted().toList());
      order.give(sector);
      return Optional.of(sector.toString());
    }

    Optional<String> link(
        Torture.Planned at, Function<Ground.Links, Stream<Link>> which, Consumer<Link> fault) {
      Ground.Links links = ground.links(at.host());
      which.apply(links).forEach(fault);
      last(at.lastsMillis());
      links.all().forEach(Link::open);
      return Optional.of(at.host());
    }

    Optional<String> full(Torture.Planned at, Path directory) throws IOException {
      SmallDisk disk = ground.disk(directory);
      if (disk == null) {
        return Optional.empty();
      }
      if (at.choice() % 2 == 0) {
        disk.fill();
      } else {
        disk.fillWithFiles();
      }
      last(at.lastsMillis());
      disk.free();
      return Optional.of(directory.toString());
    }

    Optional<String> away(Torture.Planned at, Path directory) {
      SmallDisk disk = ground.disk(directory);
      if (disk == null) {
        return Optional.empty();
      }
      disk.hide();
      last(at.lastsMillis());
      disk.show();
      return Optional.of(directory.toString());
    }

    Optional<String> readOnly(Torture.Planned at, Path directory) {
      SmallDisk disk = ground.disk(directory);
      if (disk == null || !disk.makeReadOnly()) {
        return Optional.empty();
      }
      last(at.lastsMillis());
      disk.makeWritable();
      return Optional.of(directory.toString());
    }

    List<Path> sectorFiles(String host) {
      return sectorFiles(fleet.scratch(host));
    }

    private static String command(ProcessHandle stage) {
      return "stage process " + stage.pid();
    }

    Optional<String> damage(Torture.Planned at, Damage damage) throws IOException {
      Optional<List<Path>> files =
          soon(
              () ->
                  Optional.of(sectorFiles(fleet.scratch(at.host()))).filter(all -> !all.isEmpty()));
      if (files.isEmpty()) {
        return Optional.empty();
      }
      Path file = at.choose(files.get());
      try {
        damage.on(file);
        return Optional.of(file.toString());
      } catch (NoSuchFileException e) {
        return Optional.empty();
      }
    }

    private static List<Path> sectorFiles(Path scratch) {
      try (Stream<Path> tree = Files.walk(scratch)) {
        return tree.filter(Files::isRegularFile)
            .filter(file -> file.toString().contains("s-t0"))
            .filter(file -> !file.toString().endsWith(".lock"))
            .sorted()
            .toList();
      } catch (IOException | UncheckedIOException e) {
        // A file vanished during the walk.
        return List.of();
      }
    }
  }
}
