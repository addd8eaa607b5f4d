package io.reseal.core;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What one stage process is asked to do.
 *
 * @param operation which operation
 * @param fields the operation's own fields, as {@code native/README.md} describes them
 */
public record CoreRequest(Operation operation, ObjectNode fields) {

  /** The line that the stage process reads. */
  ObjectNode line() {
    ObjectNode line = fields.objectNode().put("op", operation.toString());
    return line.setAll(fields);
  }
}
