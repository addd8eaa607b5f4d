package io.reseal.files;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reservations in a store: one file per sector, seen by every host that shares the store. */
final class Reservations {

  private static final Logger LOG = LoggerFactory.getLogger(Reservations.class);

  private static final String SUFFIX = ".json";

  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path dir;
  private final Durable durable;

  Reservations(Path dir, Durable durable) {
    this.dir = dir;
    this.durable = durable;
  }

  /** Adds the sector's reservation, or replaces it. */
  void put(Reservation reservation) throws IOException {
    durable.makeDirectory(dir);
    Path file = file(reservation.sector());
    durable.delete(file);
    durable.write(file, JSON.writeValueAsBytes(reservation));
  }

  void remove(SectorId sector) throws IOException {
    durable.delete(file(sector));
  }

  Optional<Reservation> of(SectorId sector) throws IOException {
    return read(file(sector));
  }

  /** All of them; what cannot be read reserves nothing. */
  List<Reservation> all() throws IOException {
    List<Reservation> all = new ArrayList<>();
    for (Path file : OwnDirectory.list(dir)) {
      if (file.toString().endsWith(SUFFIX)) {
        read(file).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<Reservation> read(Path file) throws IOException {
    try {
      return Optional.ofNullable(JSON.readValue(SmallFile.readText(file), Reservation.class))
          .filter(read -> read.sector() != null && read.rebuild() != null);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException | UnfitFileException e) {
      LOG.warn("{} cannot be read and reserves nothing: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  private Path file(SectorId sector) {
    return dir.resolve(sector.fileName() + SUFFIX);
  }
}
