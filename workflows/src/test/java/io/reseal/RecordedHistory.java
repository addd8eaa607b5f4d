package io.reseal;

import io.temporal.client.WorkflowClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Histories of workflows that tests record, to be replayed with the code of later versions. They
 * are recorded if {@value #DIRECTORY} names a directory.
 */
public final class RecordedHistory {

  /** System property with the directory. */
  public static final String DIRECTORY = "reseal.record";

  private RecordedHistory() {}

  /** The resource with a history. */
  public static String named(String name) {
    return "histories/" + name + ".json";
  }

  /** Writes down the history of a workflow's newest run. */
  public static void save(WorkflowClient client, String workflowId, String name)
      throws IOException {
    // Who recorded it does not matter, and is nobody's business.
    String json =
        client
            .fetchHistory(workflowId)
            .toJson(true)
            .replaceAll("\"identity\": \"[^\"]*\"", "\"identity\": \"reseal\"");
    Files.writeString(Path.of(System.getProperty(DIRECTORY), name + ".json"), json);
  }
}
