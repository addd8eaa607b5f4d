package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurableTest {

  @TempDir Path dir;

  private final Durable durable = new Durable();

  /** Sizes around the blocks and chunks that are read past the cache. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511, 512, 4096, 4097, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, 9 << 20})
  void copiesEveryByteWhateverTheSize(int size) throws IOException {
    Path from = Files.write(dir.resolve("from"), bytes(size));
    long[] handled = {0};

    durable.copy(from, dir.resolve("to"), bytes -> handled[0] += bytes);

    assertThat(dir.resolve("to")).hasSameBinaryContentAs(from);
    assertThat(handled[0]).isEqualTo(2L * size);
  }

  /** Seen to fail with the comparison left out. */
  @Test
  void removesACopyThatReadsBackWithOtherBytes() throws IOException {
    Path from = Files.write(dir.resolve("from"), bytes(5000));
    Path to = dir.resolve("to");
    Durable onFailingDisk =
        new Durable(
            (operation, path) -> {
              if (operation.equals("read back")) {
                byte[] content = Files.readAllBytes(path);
                content[4999] ^= 1;
                Files.write(path, content);
              }
            },
            512);

    assertThatThrownBy(() -> onFailingDisk.copy(from, to, bytes -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "The copy of %s at %s reads back with other bytes; that disk or this host's memory may"
                + " be failing.",
            from, to);
    assertThat(to).doesNotExist();
    assertThat(from).hasBinaryContent(bytes(5000));
  }

  /** Seen to fail with the sync of file or directory left out. */
  @Test
  void syncsACopyAndItsDirectoryBeforeReadingItBack() throws IOException {
    Path from = Files.write(dir.resolve("from"), bytes(700));
    List<String> operations = new ArrayList<>();
    Durable watched =
        new Durable((operation, path) -> operations.add(operation + " " + path.getFileName()), 512);

    watched.copy(from, dir.resolve("to"), bytes -> {});
    watched.rename(dir.resolve("to"), dir.resolve("end"));

    assertThat(operations)
        .containsExactly(
            "create to",
            "write to",
            "write to",
            "sync to",
            "sync directory " + dir.getFileName(),
            "read back to",
            "rename end",
            "sync directory " + dir.getFileName(),
            "sync directory " + dir.getFileName());
  }

  /** Seen to fail with a plain rename, which replaces what is there. */
  @Test
  void neverOverwrites() throws IOException {
    Path from = Files.writeString(dir.resolve("from"), "new");
    Path to = Files.writeString(dir.resolve("to"), "old");

    assertThatThrownBy(() -> durable.copy(from, to, bytes -> {}))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> durable.rename(from, to))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> durable.write(to, "new".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(FileAlreadyExistsException.class);
    Path dangling = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("nowhere"));
    assertThatThrownBy(() -> durable.rename(from, dangling))
        .isInstanceOf(FileAlreadyExistsException.class);

    assertThat(to).hasContent("old");
    assertThat(from).hasContent("new");
  }

  // Catches: a rename that replaces what appeared after the check that nothing is there.
  @Test
  void neverRenamesOverWhatAppearsAtTheLastMoment() throws IOException {
    Path from = Files.writeString(dir.resolve("from"), "mine");
    Path to = dir.resolve("to");
    Durable late =
        new Durable(
            (operation, path) -> {
              if (operation.equals("rename")) {
                Files.writeString(to, "another's");
              }
            },
            512);

    assertThatThrownBy(() -> late.rename(from, to)).isInstanceOf(FileAlreadyExistsException.class);
    assertThat(from).hasContent("mine");
    assertThat(to).hasContent("another's");
  }

  // Catches: file systems without that rename (NFS), where the fallback replaces or loses a file.
  @Test
  void renamesWithoutReplacingWhereTheFileSystemHasNoSuchRename() throws IOException {
    Path from = Files.writeString(dir.resolve("from"), "mine");
    Path to = Files.writeString(dir.resolve("to"), "another's");
    assertThatThrownBy(() -> NoReplace.renameByLink(from, to))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(from).hasContent("mine");
    assertThat(to).hasContent("another's");

    Path free = dir.resolve("free");
    Files.createLink(free, from);
    NoReplace.renameByLink(from, free);
    assertThat(from).doesNotExist();
    assertThat(free).hasContent("mine");

    Path tree = Files.createDirectories(dir.resolve("tree/inner")).getParent();
    NoReplace.renameByLink(tree, dir.resolve("moved"));
    assertThat(dir.resolve("moved/inner")).isDirectory();
  }

  @Test
  void renamesWithoutCopying() throws IOException {
    Path from = Files.writeString(dir.resolve("from"), "x");
    Object key = Files.readAttributes(from, BasicFileAttributes.class).fileKey();

    durable.rename(from, dir.resolve("to"));

    assertThat(Files.readAttributes(dir.resolve("to"), BasicFileAttributes.class).fileKey())
        .isEqualTo(key);
  }

  @Test
  void writesASmallFileAsAWholeAtEachCrash() throws IOException {
    byte[] content = "content".getBytes(StandardCharsets.UTF_8);
    Path file = dir.resolve("file");
    int n = 0;
    boolean crashed;
    do {
      n++;
      Files.deleteIfExists(file);
      crashed = Crash.happens(n, d -> d.write(file, content));
      if (Files.exists(file)) {
        assertThat(file).hasBinaryContent(content);
      } else {
        durable.write(file, content);
      }
      assertThat(file).hasBinaryContent(content);
    } while (crashed);
    assertThat(n).isGreaterThan(3);
  }

  /** Seen to fail with links followed: an operator's data elsewhere would go. */
  @Test
  void deletesLinksNotWhatTheyPointTo() throws IOException {
    Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("data"), "x");
    Path top = Files.createDirectories(dir.resolve("top/inner")).getParent();
    Files.createSymbolicLink(top.resolve("inner/link"), elsewhere);

    durable.deleteTree(top);
    durable.deleteTree(top);
    durable.deleteTree(Files.createSymbolicLink(dir.resolve("link"), elsewhere));

    assertThat(top).doesNotExist();
    assertThat(dir.resolve("link")).doesNotExist();
    assertThat(elsewhere.resolve("data")).hasContent("x");
  }

  @Test
  void refusesADirectoryWhereAFileIs() throws IOException {
    Files.createFile(dir.resolve("file"));

    durable.makeDirectory(dir.resolve("a/b/c"));

    assertThat(dir.resolve("a/b/c")).isDirectory();
    assertThatThrownBy(() -> durable.makeDirectory(dir.resolve("file/sub")))
        .isInstanceOf(FileSystemException.class);
    assertThatThrownBy(() -> durable.makeDirectory(dir.resolve("file")))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
