package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kind of error is the system's number, whatever language its text is in. */
class OsErrorTest {

  private static final Map<Integer, String> GERMAN =
      Map.of(
          5, "Eingabe-/Ausgabefehler",
          28, "Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
          30, "Das Dateisystem ist nur lesbar",
          13, "Keine Berechtigung",
          24, "Zu viele offene Dateien",
          23, "Zu viele offene Dateien im System",
          116, "Veraltete Dateizugriffsnummer (file handle)",
          122, "Der zugewiesene Plattenplatz (Quota) ist überschritten");

  @TempDir Path dir;

  /** The C library of this process. */
  public interface CLibrary extends Library {
    String strerror(int number);
  }

  // Catches: error texts that are only recognized in English.
  @ParameterizedTest
  @CsvSource({
    "5, DISK_ERROR",
    "28, NO_SPACE",
    "30, READ_ONLY",
    "13, DENIED",
    "24, TOO_MANY_OPEN",
    "23, TOO_MANY_OPEN",
    "116, GONE",
    "122, NO_SPACE"
  })
  void isFoundInEachLanguage(int number, OsError kind) {
    ErrorTexts texts = new ErrorTexts(of -> GERMAN.getOrDefault(of, "Fehler " + of));

    assertThat(texts.find(GERMAN.get(number))).contains(kind);
    assertThat(texts.find("/mnt/x (" + GERMAN.get(number) + ")")).contains(kind);
    assertThat(texts.find("Etwas anderes")).isEmpty();
  }

  // Catches: a kind that is missing, or has another error's number.
  @ParameterizedTest
  @CsvSource({
    "1, DENIED",
    "2, MISSING",
    "5, DISK_ERROR",
    "6, DISK_ERROR",
    "12, NO_MEMORY",
    "13, DENIED",
    "23, TOO_MANY_OPEN",
    "24, TOO_MANY_OPEN",
    "28, NO_SPACE",
    "30, READ_ONLY",
    "36, NAME_TOO_LONG",
    "107, GONE",
    "116, GONE",
    "117, DISK_ERROR",
    "122, NO_SPACE"
  })
  void isTheKindOfTheSystemsNumber(int number, OsError kind) {
    String text = Native.load("c", CLibrary.class).strerror(number);

    assertThat(OsError.of(new IOException(text))).isEqualTo(kind);
    assertThat(OsError.of(new FileSystemException("/x", null, text))).isEqualTo(kind);
    assertThat(OsError.of(new FileNotFoundException("/x (" + text + ")"))).isEqualTo(kind);
    assertThat(
            OsError.of(
                new IOException("It failed.", new UncheckedIOException(new IOException(text)))))
        .isEqualTo(kind);
  }

  // Catches: a path that contains the words of an error.
  @Test
  void theWordsOfAnErrorInAPathMeanNothing() {
    assertThat(
            OsError.of(new FileSystemException("/no space left on device", null, "Etwas anderes")))
        .isEqualTo(OsError.OTHER);
    assertThat(OsError.of(new FileSystemException("/Input/output error"))).isEqualTo(OsError.OTHER);
  }

  // Catches: exceptions of the JDK that have no text of the system, or hide it.
  @Test
  void isFoundInTheExceptionsOfRealCalls() throws IOException {
    Path missing = dir.resolve("missing");
    Path longName = dir.resolve("x".repeat(300));

    assertThat(thrownBy(() -> Files.size(missing))).isEqualTo(OsError.MISSING);
    assertThat(thrownBy(() -> new FileInputStream(missing.toFile()).close()))
        .isEqualTo(OsError.MISSING);
    assertThat(thrownBy(() -> Files.createFile(longName))).isEqualTo(OsError.NAME_TOO_LONG);
    assertThat(thrownBy(() -> new FileOutputStream("/dev/full").write(1)))
        .isEqualTo(OsError.NO_SPACE);
    assertThat(
            thrownBy(
                () -> {
                  try (FileChannel full =
                      FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
                    full.write(java.nio.ByteBuffer.allocate(1));
                  }
                }))
        .isEqualTo(OsError.NO_SPACE);
  }

  private static OsError thrownBy(ThrowingCallable call) {
    OsError[] error = new OsError[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(IOException.class, e -> error[0] = OsError.of(e));
    return error[0];
  }

  // Catches: a message that is only a path, as the JDK's exception for a missing file has it.
  @Test
  void theSentenceStatesWhatHappenedToWhatAndWhatToDo() {
    assertThat(
            OsError.sentence(new FileSystemException("/store/x", null, "No space left on device")))
        .isEqualTo(
            "/store/x: No space left on device (its file system is full, or the user's quota is"
                + " used up: free space there)");
    assertThat(OsError.sentence(new java.nio.file.NoSuchFileException("/store/x")))
        .isEqualTo("/store/x (it does not exist)");
  }
}
