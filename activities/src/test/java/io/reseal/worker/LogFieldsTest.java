package io.reseal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.SectorId;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.testing.TestActivityEnvironment;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.worker.WorkerFactoryOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogFieldsTest {

  /** Answers what its log lines would have as fields. */
  @ActivityInterface
  public interface Logging {
    Map<String, String> fields(SectorId sector);
  }

  // Catches: lines of several sectors that nobody can tell apart, and fields that stay on a thread.
  @Test
  void eachLineOfAnActivityNamesItsSectorRunHostAndStep() {
    TestEnvironmentOptions options =
        TestEnvironmentOptions.newBuilder()
            .setWorkflowClientOptions(WorkflowClientOptions.getDefaultInstance())
            .setWorkerFactoryOptions(
                WorkerFactoryOptions.newBuilder()
                    .setWorkerInterceptors(new LogFields("host-a"))
                    .build())
            .build();
    TestActivityEnvironment environment = TestActivityEnvironment.newInstance(options);
    try {
      environment.registerActivitiesImplementations((Logging) sector -> MDC.getCopyOfContextMap());

      Map<String, String> fields =
          environment.newActivityStub(Logging.class).fields(new SectorId(1001, 7));

      assertThat(fields)
          .containsEntry("sector", "f01001/7")
          .containsEntry("host", "host-a")
          .containsEntry("step", "Fields")
          .containsKey("run");
    } finally {
      environment.close();
    }
  }
}
