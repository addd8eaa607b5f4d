package io.reseal.files;

import com.sun.jna.Pointer;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The texts of the system's error numbers. The JDK's exceptions have only the text that the C
 * library returns in the process's language, so the same library is asked for the text of each
 * number.
 */
final class ErrorTexts {

  /** Numbers of Linux. */
  private static final Map<Integer, OsError> KINDS =
      Map.ofEntries(
          Map.entry(1, OsError.DENIED),
          Map.entry(2, OsError.MISSING),
          Map.entry(5, OsError.DISK_ERROR),
          Map.entry(6, OsError.DISK_ERROR),
          Map.entry(12, OsError.NO_MEMORY),
          Map.entry(13, OsError.DENIED),
          Map.entry(19, OsError.DISK_ERROR),
          Map.entry(23, OsError.TOO_MANY_OPEN),
          Map.entry(24, OsError.TOO_MANY_OPEN),
          Map.entry(28, OsError.NO_SPACE),
          Map.entry(30, OsError.READ_ONLY),
          Map.entry(36, OsError.NAME_TOO_LONG),
          Map.entry(107, OsError.GONE),
          Map.entry(116, OsError.GONE),
          Map.entry(117, OsError.DISK_ERROR),
          Map.entry(121, OsError.DISK_ERROR),
          Map.entry(122, OsError.NO_SPACE));

  /** Other programs whose messages are passed on write English, whatever this process's locale. */
  private static final Map<Integer, String> ENGLISH =
      Map.ofEntries(
          Map.entry(1, "Operation not permitted"),
          Map.entry(2, "No such file or directory"),
          Map.entry(5, "Input/output error"),
          Map.entry(6, "No such device or address"),
          Map.entry(12, "Cannot allocate memory"),
          Map.entry(13, "Permission denied"),
          Map.entry(19, "No such device"),
          Map.entry(23, "Too many open files in system"),
          Map.entry(24, "Too many open files"),
          Map.entry(28, "No space left on device"),
          Map.entry(30, "Read-only file system"),
          Map.entry(36, "File name too long"),
          Map.entry(107, "Transport endpoint is not connected"),
          Map.entry(116, "Stale file handle"),
          Map.entry(117, "Structure needs cleaning"),
          Map.entry(121, "Remote I/O error"),
          Map.entry(122, "Disk quota exceeded"));

  private static final class Holder {
    private static final ErrorTexts INSTANCE = new ErrorTexts(ofCLibrary());
  }

  private final Map<String, OsError> kinds = new LinkedHashMap<>();

  /**
   * @param inLocale the text of an error number as the C library writes it
   */
  ErrorTexts(IntFunction<String> inLocale) {
    KINDS.forEach(
        (number, kind) -> {
          kinds.put(ENGLISH.get(number), kind);
          kinds.put(inLocale.apply(number), kind);
        });
  }

  static ErrorTexts ofThisProcess() {
    return Holder.INSTANCE;
  }

  /** The kind of error whose text is, or ends, what an exception says. */
  Optional<OsError> find(String said) {
    return kinds.entrySet().stream()
        .filter(known -> said.endsWith(known.getKey()) || said.endsWith(known.getKey() + ")"))
        .max(Comparator.comparingInt(known -> known.getKey().length()))
        .map(Map.Entry::getValue);
  }

  private static IntFunction<String> ofCLibrary() {
    try {
      CLibrary library = CLibrary.INSTANCE;
      return number -> new String(bytes(library.strerror(number)), CLibrary.CHARSET);
    } catch (UnsatisfiedLinkError e) {
      return ENGLISH::get;
    }
  }

  private static byte[] bytes(Pointer text) {
    return text.getByteArray(0, (int) text.indexOf(0, (byte) 0));
  }
}
