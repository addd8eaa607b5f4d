package io.reseal.core;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The request that one stage process carries out.
 *
 * @param operation the operation
 * @param fields the operation's own fields, as {@code native/README.md} describes them
 */
public record CoreRequest(Operation operation, ObjectNode fields) {

  /** The line that the stage process reads. */
  ObjectNode line() {
    ObjectNode line = fields.objectNode().put("op", operation.toString());
    return line.setAll(fields);
  }
}
