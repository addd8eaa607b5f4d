/** The workflow that follows a sector that was put back until the chain has it proven. */
package io.reseal.follow;
