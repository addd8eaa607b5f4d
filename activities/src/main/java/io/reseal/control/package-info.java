/** Short work for any worker: inspecting a sector's inputs, recording its rebuild. */
package io.reseal.control;
