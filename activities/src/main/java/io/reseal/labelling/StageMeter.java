package io.reseal.labelling;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.core.CoreException;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProcess;
import io.reseal.core.StageProgram;
import java.io.IOException;
import java.util.List;

/** Measures by a stage process of its own each time. */
public record StageMeter(StageProgram program) implements LabelSpeeds.Meter {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public double nanos(List<Integer> cpus, int sectors)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    ObjectNode request = JSON.createObjectNode().put("sectors", sectors);
    cpus.forEach(request.putArray("on")::add);
    try (StageProcess process = program.start(new CoreRequest(Operation.LABEL_SPEED, request))) {
      return process.await(at -> {}).path("nanos").asDouble();
    }
  }
}
