package io.reseal.contract;

import io.reseal.plan.Step;
import io.temporal.activity.ActivityMethod;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The activity type that runs each step: that of the method of {@link SealingActivities} which is
 * named after the step, e.g. {@code snapTreeD} for {@code SNAP_TREE_D}.
 */
public final class StepActivities {

  private static final Map<Step, String> TYPES = new EnumMap<>(Step.class);

  static {
    for (Step step : Step.values()) {
      if (step.resource() != Step.Resource.NONE) {
        TYPES.put(step, annotated(methodName(step)));
      }
    }
  }

  private StepActivities() {}

  /** The activity type of a step that runs on a host. */
  public static String typeOf(Step step) {
    String type = TYPES.get(step);
    if (type == null) {
      throw new IllegalArgumentException("%s does not run on a host.".formatted(step));
    }
    return type;
  }

  private static String methodName(Step step) {
    String[] words = step.name().toLowerCase(Locale.ROOT).split("_", -1);
    StringBuilder name = new StringBuilder(words[0]);
    for (String word : Arrays.asList(words).subList(1, words.length)) {
      name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
    }
    return name.toString();
  }

  private static String annotated(String name) {
    try {
      Method method = SealingActivities.class.getMethod(name, StageRequest.class);
      return method.getAnnotation(ActivityMethod.class).name();
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("SealingActivities has no method " + name, e);
    }
  }
}
