package io.reseal.files;

/** The types of files that a sector has, each with its own folder in scratch and in stores. */
public enum FileType {
  /** The data, padded. */
  UNSEALED("unsealed"),
  /** What sealing makes of the data. */
  SEALED("sealed"),
  /** The files that prove it. */
  CACHE("cache"),
  /** What an update made of the sealed file. */
  UPDATE("update"),
  /** The files that prove the update. */
  UPDATE_CACHE("update-cache");

  private final String folder;

  FileType(String folder) {
    this.folder = folder;
  }

  /** The name of its folder, which is also its name in {@code sectorstore.json}. */
  public String folder() {
    return folder;
  }
}
